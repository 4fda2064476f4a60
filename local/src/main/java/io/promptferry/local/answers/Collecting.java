package io.promptferry.local.answers;

import io.promptferry.local.client.Answers;
import io.promptferry.local.progress.Meter;
import io.promptferry.local.run.RunMark;
import io.promptferry.records.PromptResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Waits for the answers of a run until all are there. Of a row that is answered again, the first.
 */
public final class Collecting {

  /** How many answers there will be; empty as long as that is not known. */
  @FunctionalInterface
  public interface Expected {
    OptionalInt answers() throws IOException;
  }

  /** Where answers go. */
  @FunctionalInterface
  public interface Sheet {
    void add(int row, ConsumerRecord<byte[], PromptResponse> answer) throws IOException;
  }

  private final Answers answers;
  private final String run;
  private final Clock clock;
  private final BitSet answered = new BitSet();

  public Collecting(Answers answers, String run, Clock clock) {
    this.answers = answers;
    this.run = run;
    this.clock = clock;
  }

  /**
   * Collects.
   *
   * @param timeout the longest without an answer
   * @param enough asked after every reading; true ends it early
   * @return whether all are there
   */
  public boolean collect(
      Expected expected, Duration timeout, BooleanSupplier enough, Sheet sheet, Meter meter)
      throws IOException {
    Instant giveUp = clock.instant().plus(timeout);
    while (!isComplete(expected)) {
      int before = answered.cardinality();
      for (ConsumerRecord<byte[], PromptResponse> answer : answers.poll()) {
        OptionalInt row = RunMark.row(answer.headers(), run);
        if (row.isPresent() && !answered.get(row.getAsInt())) {
          sheet.add(row.getAsInt(), answer);
          answered.set(row.getAsInt());
        }
      }
      meter.at(answered.cardinality());
      Instant now = clock.instant();
      if (answered.cardinality() > before) {
        giveUp = now.plus(timeout);
      }
      if (enough.getAsBoolean() || now.isAfter(giveUp)) {
        return isComplete(expected);
      }
    }
    return true;
  }

  /** How many answers have come. */
  public int answered() {
    return answered.cardinality();
  }

  private boolean isComplete(Expected expected) throws IOException {
    OptionalInt all = expected.answers();
    return all.isPresent() && answered.cardinality() >= all.getAsInt();
  }
}
