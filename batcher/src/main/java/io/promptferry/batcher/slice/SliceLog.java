package io.promptferry.batcher.slice;

import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.TopicAdmin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the slices which prompts were accepted.
 *
 * <p>Not from the dead letters which were rejected: prompts that were passed over are in neither,
 * and what one may not be certain of must count as not accepted. Then a repetition is paid for;
 * otherwise a prompt would get no answer.
 */
final class SliceLog implements AcceptedPrompts {

  private static final Logger LOG = LoggerFactory.getLogger(SliceLog.class);

  /** A slice has its batcher's time, and its prompts the broker's. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(10);

  private final Supplier<Admin> admins;
  private final Supplier<Consumer<byte[], Slice>> readers;
  private final String topic;
  private final Duration timeout;
  private final Clock clock;

  /**
   * @param timeout for all of it, since the polling thread waits
   */
  SliceLog(
      Supplier<Admin> admins,
      Supplier<Consumer<byte[], Slice>> readers,
      String topic,
      Duration timeout,
      Clock clock) {
    this.admins = admins;
    this.readers = readers;
    this.topic = topic;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public void mark(Instant since, Map<TopicPartition, AcceptedOffsets> wanted) {
    Instant giveUp = clock.instant().plus(timeout);
    try (Admin admin = admins.get();
        Consumer<byte[], Slice> reader = readers.get()) {
      int partitions = new TopicAdmin(admin, timeout).describe(topic).partitions().size();
      for (int number = 0; number < partitions; number++) {
        Duration left = Duration.between(clock.instant(), giveUp);
        TopicTail.readSince(
            since.minus(CLOCKS_APART),
            reader,
            admin,
            new TopicPartition(topic, number),
            left.isNegative() ? Duration.ZERO : left,
            clock,
            slice -> mark(slice.value().getSpan(), wanted));
      }
    } catch (IllegalStateException | KafkaException e) {
      if (clock.instant().isBefore(giveUp)) {
        throw e;
      }
      LOG.warn(
          "{} could not be read from {} on within {} ({}): prompts that repeat one before may be sent and paid for;"
              + " lower dedup.window.ms or raise loop.timeout.ms",
          topic,
          since,
          timeout,
          e.getMessage());
      wanted.values().forEach(AcceptedOffsets::cutShort);
    }
  }

  private static void mark(Span span, Map<TopicPartition, AcceptedOffsets> wanted) {
    AcceptedOffsets offsets = wanted.get(new TopicPartition(span.getTopic(), span.getPartition()));
    if (offsets != null) {
      offsets.add(span);
    }
  }
}
