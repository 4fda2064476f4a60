package io.promptferry.local.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.HeaderNames;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * What a dead letter says, without the prompt that it holds, so that many can be kept at a time.
 *
 * @param place where it stands among the dead letters
 * @param rejectedAt when it was put there: the time of its record
 * @param promptedAt the broker's time of the prompt, never after {@code rejectedAt} by one clock
 * @param reason an {@link ErrorReason}, or what another version calls it
 * @param message what was wrong
 * @param prompt where the prompt stands, or stood
 * @param key the prompt's, as text
 * @param replays how many times it had been replayed when it was rejected
 * @param missingBytes the size of a value that was too large to be copied; empty where the letter
 *     holds it
 * @param incomplete whether its headers or its key were too large to be copied, so that the letter
 *     is not all of the prompt
 */
public record DeadLetter(
    Coordinates place,
    Instant rejectedAt,
    Instant promptedAt,
    String reason,
    String message,
    Coordinates prompt,
    Optional<String> key,
    int replays,
    OptionalLong missingBytes,
    boolean incomplete) {

  static final Comparator<DeadLetter> OLDEST_FIRST =
      Comparator.comparing(DeadLetter::rejectedAt)
          .thenComparing(letter -> letter.place().partition())
          .thenComparing(letter -> letter.place().offset());

  /** Reads a record; headers that are missing are guessed as the collector does in its answer. */
  public static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    Headers headers = record.headers();
    OptionalLong partition = number(headers, HeaderNames.ERROR_PARTITION);
    OptionalLong offset = number(headers, HeaderNames.ERROR_OFFSET);
    return new DeadLetter(
        new Coordinates(record.topic(), record.partition(), record.offset()),
        Instant.ofEpochMilli(record.timestamp()),
        Instant.ofEpochMilli(number(headers, HeaderNames.TIMESTAMP).orElse(record.timestamp())),
        header(headers, HeaderNames.REASON).orElse(ErrorReason.UNDECODABLE.name()),
        header(headers, HeaderNames.ERROR_MESSAGE).orElse(""),
        new Coordinates(
            header(headers, HeaderNames.ERROR_TOPIC).orElse(record.topic()),
            small(partition, record.partition()),
            offset.orElse(record.offset())),
        Optional.ofNullable(record.key()).map(Legible::text),
        small(number(headers, HeaderNames.REPLAYS), 0),
        record.value() == null ? number(headers, HeaderNames.VALUE_BYTES) : OptionalLong.empty(),
        Stream.of(HeaderNames.HEADER_BYTES, HeaderNames.KEY_BYTES)
            .anyMatch(name -> headers.lastHeader(name) != null));
  }

  /** Whether it names a topic that its prompt came from; one put there by hand may not. */
  boolean knowsItsPrompt() {
    return !prompt.topic().equals(place.topic());
  }

  /** As one object. */
  public ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("rejectedAt", rejectedAt.toString())
            .put("promptedAt", promptedAt.toString())
            .put("reason", reason)
            .put("message", message)
            .put("prompt", prompt.toString())
            .put("topic", prompt.topic())
            .put("partition", prompt.partition())
            .put("offset", prompt.offset());
    key.ifPresent(text -> json.put("key", text));
    missingBytes.ifPresent(bytes -> json.put("missingBytes", bytes));
    if (incomplete) {
      json.put("incomplete", true);
    }
    return json.put("replays", replays);
  }

  private static Optional<String> header(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), UTF_8));
  }

  private static int small(OptionalLong number, int otherwise) {
    return (int) Math.min(number.orElse(otherwise), Integer.MAX_VALUE - 1);
  }

  /** A whole number from 0; a header that is none was put there by hand. */
  private static OptionalLong number(Headers headers, String name) {
    return header(headers, name)
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }
}
