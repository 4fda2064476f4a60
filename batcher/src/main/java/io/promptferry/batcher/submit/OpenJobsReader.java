package io.promptferry.batcher.submit;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.service.Loop;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps {@link OpenJobs} true to the topics: reads all partitions of both to the ends of its start,
 * then follows. One for each instance; it belongs to no group and commits nothing.
 */
final class OpenJobsReader implements Loop {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<byte[], Job> jobs;
  private final Consumer<byte[], JobState> states;
  private final Map<TopicPartition, Long> ends;
  private final OpenJobs open;
  private final Clock clock;
  private boolean caughtUp;

  /**
   * Owns the consumers from now on.
   *
   * @param ends where to be before what is in use is known, of every partition of both topics: the
   *     high watermarks
   */
  OpenJobsReader(
      Consumer<byte[], Job> jobs,
      Consumer<byte[], JobState> states,
      Map<TopicPartition, Long> ends,
      String jobsTopic,
      OpenJobs open,
      Clock clock) {
    this.jobs = jobs;
    this.states = states;
    this.ends = ends;
    this.open = open;
    this.clock = clock;
    open.restart();
    begin(jobs, ends.keySet().stream().filter(p -> p.topic().equals(jobsTopic)).toList());
    begin(states, ends.keySet().stream().filter(p -> !p.topic().equals(jobsTopic)).toList());
  }

  private static void begin(Consumer<byte[], ?> consumer, List<TopicPartition> partitions) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  @Override
  public void runOnce() {
    jobs.poll(POLL).forEach(record -> open.add(record.value()));
    states.poll(POLL).forEach(record -> open.add(record.value()));
    open.expire(clock.instant());
    if (!caughtUp && reached(jobs) && reached(states)) {
      caughtUp = true;
      open.caughtUp();
    }
  }

  private boolean reached(Consumer<byte[], ?> consumer) {
    return ends.entrySet().stream()
        .filter(end -> consumer.assignment().contains(end.getKey()))
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  @Override
  public boolean ready() {
    return caughtUp;
  }

  @Override
  public void close() {
    try (jobs;
        states) {
      open.restart();
    }
  }
}
