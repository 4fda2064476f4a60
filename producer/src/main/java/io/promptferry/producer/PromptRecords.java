package io.promptferry.producer;

import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Makes Kafka records of prompts and sends nothing: for a caller who has a producer, and perhaps a
 * transaction, of its own.
 *
 * <pre>{@code
 * kafka.beginTransaction();
 * try {
 *   kafka.send(new ProducerRecord<>("orders", order));
 *   kafka.send(records.record(Prompt.text("Classify: " + text).key("orders").build()));
 *   kafka.commitTransaction();
 * } catch (RuntimeException e) {
 *   kafka.abortTransaction();
 *   throw e;
 * }
 * }</pre>
 *
 * <p>Inside of a transaction a prompt exists when, and only if, the transaction is committed: an
 * aborted one is neither sent to the model nor answered nor billed. An open transaction holds up
 * whatever stands behind it in its partitions, prompts of others too, until it ends or {@code
 * transaction.timeout.ms} is over; so keep them short. Thread-safe.
 */
public final class PromptRecords {

  private final String topic;
  private final PromptCheck check;
  private final Optional<ClaimCheck> claims;
  private final Serializer<PromptEvent> serializer;
  private final int maxRecordBytes;
  private final Clock clock;

  PromptRecords(
      String topic,
      PromptCheck check,
      Optional<ClaimCheck> claims,
      Serializer<PromptEvent> serializer,
      int maxRecordBytes,
      Clock clock) {
    this.topic = topic;
    this.check = check;
    this.claims = claims;
    this.serializer = serializer;
    this.maxRecordBytes = maxRecordBytes;
    this.clock = clock;
  }

  /**
   * The record of a prompt. Stores its large parts, where there is a {@link PartStore}.
   *
   * @throws PromptRejectedException when the prompt would only be answered FAILED
   * @throws PartStoreException when a part cannot be stored
   * @throws org.apache.kafka.common.errors.SerializationException when the schema registry does not
   *     answer or does not know the schema ({@code promptferry topics create} registers it)
   */
  public ProducerRecord<byte[], byte[]> record(Prompt prompt) {
    Instant now = clock.instant();
    // Before anything is stored, and again after: the store's URI has rules to meet too.
    check.check(prompt.event(), now);
    PromptEvent event = prompt.event();
    if (claims.isPresent()) {
      event = claims.get().apply(event, now);
      check.check(event, now);
    }
    byte[] value = serializer.serialize(topic, event);
    var record =
        new ProducerRecord<byte[], byte[]>(
            topic, null, prompt.key().orElse(null), value, prompt.headers());
    long bytes = bytes(record);
    if (bytes > maxRecordBytes) {
      throw new PromptRejectedException(
          ErrorReason.TOO_LARGE,
          "the record takes %d bytes, more than max.request.size=%d: pass parts by URI or give a part store, or raise it and the topic's max.message.bytes"
              .formatted(bytes, maxRecordBytes));
    }
    return record;
  }

  /** A few bytes short of how Kafka counts, which refuses what lies between. */
  private static long bytes(ProducerRecord<byte[], byte[]> record) {
    long bytes = record.value().length;
    bytes += record.key() == null ? 0 : record.key().length;
    for (Header header : record.headers()) {
      bytes += header.key().getBytes(StandardCharsets.UTF_8).length;
      bytes += header.value() == null ? 0 : header.value().length;
    }
    return bytes;
  }
}
