package io.promptferry.local.run;

import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.PromptForm;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.BitSet;
import java.util.HexFormat;
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
   */
  public record Result(RunState state, int before, int sent, int bad) {}

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
        file.isPresent() && !order.again() ? file.get().read() : Optional.empty();
    if (earlier.isPresent()) {
      refuseOther(order.input(), earlier.get(), fresh);
      if (earlier.get().complete()) {
        tell.accept(
            "%s was sent before, at %s: %,d rows; --again sends them a second time"
                .formatted(order.input().name(), earlier.get().startedAt(), earlier.get().sent()));
        return new Result(earlier.get(), earlier.get().sent(), 0, earlier.get().bad());
      }
    }
    RunState state = earlier.orElse(fresh);
    if (file.isPresent() && earlier.isEmpty()) {
      order.input().check(order.form());
      // Before the first row is sent: without it none would be found again.
      file.get().write(state);
    }
    try (var bad = new BadRows(order.bad(), tell);
        var sender = RowSender.connect(config, state.run(), bad)) {
      BitSet there = earlier.isPresent() ? topic.rows(state) : new BitSet();
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
      return new Result(completed, there.cardinality(), sent, bad.count());
    }
  }

  private RunState fresh(Order order, RunTopic topic) throws IOException {
    return new RunState(
        UUID.randomUUID().toString().replace("-", "").substring(0, NAME_LENGTH),
        topic.cluster(),
        topic.name(),
        topic.ends(),
        clock.instant().toString(),
        order.input().path().isPresent() ? order.input().digest() : "",
        digest(order.form().description()),
        0,
        0,
        false);
  }

  private static void refuseOther(Input input, RunState earlier, RunState now) throws IOException {
    String other =
        !earlier.cluster().equals(now.cluster())
            ? "went to another cluster (%s)".formatted(earlier.cluster())
            : !earlier.topic().equals(now.topic())
                ? "went to the topic %s: name it with --topic".formatted(earlier.topic())
                : !earlier.input().equals(now.input())
                    ? "had other rows: the input was changed since"
                    : !earlier.prompts().equals(now.prompts())
                        ? "had another prompt, or other options that make it"
                        : "";
    if (!other.isEmpty()) {
      throw new IOException(
          "run %s of %s, begun at %s, %s. --again forgets it and sends all rows as a new run, those too"
                  .formatted(earlier.run(), input.name(), earlier.startedAt(), other)
              + " that were sent before");
    }
  }

  private static String digest(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
