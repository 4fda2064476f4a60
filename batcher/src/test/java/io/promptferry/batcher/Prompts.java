package io.promptferry.batcher;

import io.promptferry.records.PromptEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records of the prompts topic. */
public final class Prompts {

  public static final String TOPIC = "prompts";

  private Prompts() {}

  public static PromptEvent event(String text) {
    return PromptEvent.newBuilder().setModel("gemini-2.5-flash").setPrompt(text).build();
  }

  public static ConsumerRecord<byte[], byte[]> record(
      int partition, long offset, byte[] key, byte[] value) {
    return record(partition, offset, ManualClock.START.minus(Duration.ofSeconds(3)), key, value);
  }

  public static ConsumerRecord<byte[], byte[]> record(
      int partition, long offset, Instant appended, byte[] key, byte[] value) {
    return new ConsumerRecord<>(
        TOPIC,
        partition,
        offset,
        appended.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        key.length,
        value.length,
        key,
        value,
        new RecordHeaders(),
        Optional.of(4));
  }
}
