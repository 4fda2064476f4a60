package io.promptferry.local.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.schemas.HeaderNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Makes dead letters for tests. */
final class Letters {

  static final Instant START = Instant.parse("2026-03-10T12:00:00Z");

  private Letters() {}

  /** One that was rejected so many milliseconds after the start. */
  static DeadLetter letter(long offset, int millis, String reason, int replays) {
    return new DeadLetter(
        new Coordinates("prompts.dlq", 0, offset),
        START.plusMillis(millis),
        START,
        reason,
        "message",
        new Coordinates("prompts", 1, offset),
        Optional.of("key"),
        replays,
        OptionalLong.empty(),
        false);
  }

  /** A record at prompts.dlq-0-5, rejected at the start; headers by name and value in turn. */
  static ConsumerRecord<byte[], byte[]> record(@Nullable String value, String... headers) {
    var all = new RecordHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1].getBytes(UTF_8));
    }
    return new ConsumerRecord<>(
        "prompts.dlq",
        0,
        5,
        START.toEpochMilli(),
        TimestampType.CREATE_TIME,
        0,
        0,
        "key".getBytes(UTF_8),
        value == null ? null : value.getBytes(UTF_8),
        all,
        Optional.empty());
  }

  /** What rejecting adds to a prompt that stood at prompts-1-17, behind its own headers. */
  static String[] rejected(String... own) {
    String[] added = {
      HeaderNames.REASON, "BAD_MODEL",
      HeaderNames.TIMESTAMP, Long.toString(START.minusSeconds(1).toEpochMilli()),
      HeaderNames.SCHEMA_ID, "3",
      HeaderNames.ERROR_MESSAGE, "no such model",
      HeaderNames.ERROR_TOPIC, "prompts",
      HeaderNames.ERROR_PARTITION, "1",
      HeaderNames.ERROR_OFFSET, "17",
    };
    var all = new ArrayList<>(List.of(own));
    all.addAll(List.of(added));
    return all.toArray(String[]::new);
  }
}
