package io.promptferry.local.run;

import java.util.Map;

/**
 * What is known of a run before its first row is sent, and that it is over. Not how far it has
 * come: that is asked of the topic, which cannot be wrong about it.
 *
 * @param run its name, in {@link RunMark}
 * @param cluster Kafka's id of the cluster
 * @param topic that the prompts go to
 * @param starts where each of its partitions ended before the run began
 * @param startedAt ISO-8601
 * @param input digest of the rows
 * @param prompts digest of what makes prompts of them
 * @param sent how many rows are on the topic; 0 until complete
 * @param bad how many rows were not sent; 0 until complete
 * @param complete whether every row has been dealt with
 */
public record RunState(
    String run,
    String cluster,
    String topic,
    Map<Integer, Long> starts,
    String startedAt,
    String input,
    String prompts,
    int sent,
    int bad,
    boolean complete) {

  public RunState {
    starts = Map.copyOf(starts);
  }

  RunState completed(int rows, int badRows) {
    return new RunState(
        run, cluster, topic, starts, startedAt, input, prompts, rows, badRows, true);
  }
}
