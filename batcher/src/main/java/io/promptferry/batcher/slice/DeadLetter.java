package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.PromptEnvelope;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A prompt that was rejected, on its way to the dead letters.
 *
 * @param partition it came from
 * @param reason why
 * @param record to write
 * @param bytes that it takes, about
 */
record DeadLetter(
    TopicPartition partition,
    ErrorReason reason,
    ProducerRecord<byte[], byte[]> record,
    long bytes) {

  private static final int MAX_MESSAGE = 1_000;

  /** Lengths and attributes, generously. */
  private static final int HEADER_FRAME = 12;

  private static final int OWN_HEADERS = 2_000;

  /** Confluent's wire format: a zero, the schema's id, the record. */
  private static final int WIRE_HEADER = 5;

  /**
   * The prompt as it came, with its headers, and behind them what was wrong and where it stood.
   *
   * <p>What would carry it past the bound is left out: first its value, then its headers, then its
   * key. Kafka would refuse the letter otherwise, and the same one after each restart, for ever. Of
   * a value that is left out, what its answer needs comes along: the prompt may be gone from its
   * topic when the collector comes to it.
   */
  static DeadLetter of(
      ConsumerRecord<byte[], byte[]> prompt, Intake.Rejected rejected, String topic, int maxBytes) {
    long keyBytes = length(prompt.key());
    long headerBytes = 0;
    for (Header header : prompt.headers()) {
      headerBytes += HEADER_FRAME + (long) utf8(header.key()).length + length(header.value());
    }
    boolean key = keyBytes <= maxBytes;
    long bytes = key ? keyBytes : 0;
    boolean headers = bytes + headerBytes <= maxBytes;
    bytes += headers ? headerBytes : 0;
    boolean value = bytes + length(prompt.value()) <= maxBytes;
    bytes += value ? length(prompt.value()) : 0;

    var letter =
        new ProducerRecord<>(
            topic,
            null,
            null,
            key ? prompt.key() : null,
            value ? prompt.value() : null,
            headers ? prompt.headers() : List.<Header>of());
    // What a sender made up would be taken for ours.
    HeaderNames.OF_DEAD_LETTERS.forEach(letter.headers()::remove);
    String message = rejected.message();
    addHeader(letter, HeaderNames.REASON, rejected.reason().name());
    addHeader(letter, HeaderNames.TIMESTAMP, prompt.timestamp());
    addHeader(
        letter,
        HeaderNames.ERROR_MESSAGE,
        message.substring(0, Math.min(message.length(), MAX_MESSAGE))
            + (headers ? "" : "; its headers (%d bytes) are left out".formatted(headerBytes))
            + (key ? "" : "; its key (%d bytes) is left out".formatted(keyBytes)));
    addHeader(letter, HeaderNames.ERROR_TOPIC, prompt.topic());
    addHeader(letter, HeaderNames.ERROR_PARTITION, prompt.partition());
    addHeader(letter, HeaderNames.ERROR_OFFSET, prompt.offset());
    if (!headers) {
      addHeader(letter, HeaderNames.HEADER_BYTES, headerBytes);
    }
    if (!key) {
      addHeader(letter, HeaderNames.KEY_BYTES, keyBytes);
    }
    if (namesSchema(prompt.value())) {
      int id = ByteBuffer.wrap(prompt.value(), 1, Integer.BYTES).getInt();
      addHeader(letter, HeaderNames.SCHEMA_ID, id);
    }
    if (!value) {
      addHeader(letter, HeaderNames.VALUE_BYTES, length(prompt.value()));
      byte[] envelope = envelope(rejected, maxBytes - bytes);
      if (envelope != null) {
        letter.headers().add(HeaderNames.ENVELOPE, envelope);
        bytes += envelope.length;
      }
    }
    var partition = new TopicPartition(prompt.topic(), prompt.partition());
    return new DeadLetter(partition, rejected.reason(), letter, bytes + OWN_HEADERS);
  }

  private static byte @Nullable [] envelope(Intake.Rejected rejected, long room) {
    PromptEvent event = rejected.event();
    return event == null ? null : PromptEnvelope.write(event, room).orElse(null);
  }

  private static boolean namesSchema(byte @Nullable [] value) {
    return value != null && value.length >= WIRE_HEADER && value[0] == 0;
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static void addHeader(ProducerRecord<byte[], byte[]> letter, String name, Object value) {
    letter.headers().add(name, utf8(value.toString()));
  }
}
