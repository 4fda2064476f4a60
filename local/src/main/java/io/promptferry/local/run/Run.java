package io.promptferry.local.run;

import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.PromptForm;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.BitSet;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The sending of one input: begun, or taken up where it was broken off. */
public final class Run {

  private static final int NAME_LENGTH = 12;

  /**
   * What is to be sent.
   *
   * @param topic empty: the first of {@code prompts.topics}
   * @param bad the file for rows that are not sent; empty: they are told only
   * @param again whether rows of an earlier run of the same input are sent anew
   * @param rowsPerTransaction the most
   */
  public record Order(
      Input input,
      PromptForm form,
      Optional<String> topic,
      Optional<Path> bad,
      boolean again,
      int rowsPerTransaction) {}

  /**
   * What came of it.
   *
   * @param state which names the run
   * @param before rows that were on the topic already
   * @param sent rows that were sent now
   * @param bad rows that were not sent
   * @param sentBefore whether an earlier call had dealt with every row already
   */
  public record Result(RunState state, int before, int sent, int bad, boolean sentBefore) {}

  private final ServiceConfig config;
  private final Clock clock;
  private final Consumer<String> tell;
  private final Sending sending;

  /**
   * @param tell takes lines for a person
   */
  public Run(ServiceConfig config, Clock clock, Consumer<String> tell, Sending sending) {
    this.config = config;
    this.clock = clock;
    this.tell = tell;
    this.sending = sending;
  }

  /**
   * Sends what is not there yet.
   *
   * @throws IOException when the input cannot be read, or is not that of the run that was begun;
   *     one line
   * @throws org.apache.kafka.common.KafkaException when Kafka or the registry fails; one line
   */
  public Result send(Order order) throws IOException {
    var topic = new RunTopic(config, order.topic().orElse(Topics.from(config).prompts()), clock);
    Optional<StateFile> file = StateFile.of(order.input());
    RunState fresh = fresh(order, topic);
    Optional<RunState> earlier =
        file.isPresent() ? begin(file.get(), order, fresh) : Optional.empty();
    if (earlier.isPresent() && earlier.get().complete()) {
      return new Result(earlier.get(), earlier.get().sent(), 0, earlier.get().bad(), true);
    }
    RunState state = earlier.orElse(fresh);
    try (var bad = new BadRows(order.bad(), tell);
        var sender = RowSender.connect(config, state.run(), bad)) {
      // Of a run that was begun here too: another process may have taken it up, and was fenced only
      // now.
      BitSet there = file.isPresent() ? topic.rows(state) : new BitSet();
      if (earlier.isPresent()) {
        tell.accept(
            "going on with run %s: %,d rows are on %s already"
                .formatted(state.run(), there.cardinality(), topic.name()));
      }
      int sent = sending.send(order, state, there, sender, bad);
      RunState completed = state.completed(there.cardinality() + sent, bad.count());
      if (file.isPresent()) {
        file.get().write(completed);
      }
      return new Result(completed, there.cardinality(), sent, bad.count(), false);
    }
  }

  /** The run to go on with, which may be one that another process has begun just now. */
  private static Optional<RunState> begin(StateFile file, Order order, RunState fresh)
      throws IOException {
    Optional<RunState> earlier = order.again() ? Optional.empty() : file.read();
    if (earlier.isEmpty()) {
      order.input().check(order.form());
      // Before the first row is sent: without it none would be found again.
      if (order.again()) {
        file.write(fresh);
        return Optional.empty();
      }
      earlier = Optional.of(file.begin(fresh)).filter(begun -> !begun.equals(fresh));
    }
    if (earlier.isPresent()) {
      Optional<String> other = new Earlier(order.input(), earlier.get()).differs(fresh);
      if (other.isPresent()) {
        throw new IOException(other.get());
      }
    }
    return earlier;
  }

  private RunState fresh(Order order, RunTopic topic) throws IOException {
    return new RunState(
        UUID.randomUUID().toString().replace("-", "").substring(0, NAME_LENGTH),
        ClusterId.of(config),
        topic.name(),
        topic.ends(),
        clock.instant().toString(),
        order.input().path().isPresent() ? order.input().digest() : "",
        Earlier.digest(order.form()),
        0,
        0,
        false);
  }
}
