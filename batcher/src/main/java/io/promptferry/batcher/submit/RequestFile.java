package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.RequestLine;
import io.promptferry.records.Batch;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Skipped;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.SpanCursor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes the input file of a batch from the prompts in the log, which are read once and never held.
 */
final class RequestFile {

  private final Consumer<byte[], byte[]> log;
  private final RecordDecoder<PromptEvent> decoder;
  private final Function<String, Optional<String>> topicIds;
  private final Duration readTimeout;
  private final Clock clock;
  private final MeterRegistry metrics;

  /**
   * What was written.
   *
   * @param lines prompts in the file
   * @param skipped prompts that are not in it, and why
   * @param read records that were fetched from the log for it
   */
  record Written(int lines, List<Skipped> skipped, long read) {}

  RequestFile(
      Consumer<byte[], byte[]> log,
      RecordDecoder<PromptEvent> decoder,
      Function<String, Optional<String>> topicIds,
      Duration readTimeout,
      Clock clock,
      MeterRegistry metrics) {
    this.log = log;
    this.decoder = decoder;
    this.topicIds = topicIds;
    this.readTimeout = readTimeout;
    this.clock = clock;
    this.metrics = metrics;
  }

  Written write(Batch batch, Path file) throws IOException {
    var keys = new LineKeys(batch.getSpans());
    var skipped = new ArrayList<Skipped>();
    var cursor =
        new SpanCursor(
            log, batch.getSpans(), SpanCursor.Position.START, topicIds, readTimeout, clock);
    int lines = 0;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      while (cursor.hasNext()) {
        SpanCursor.Hit hit = cursor.next();
        ConsumerRecord<byte[], byte[]> prompt = hit.record();
        try {
          PromptEvent event = decoder.decode(prompt.topic(), prompt.value());
          if (isPast(event.getDeadline())) {
            skipped.add(skip(hit, ErrorReason.DEADLINE_PASSED));
          } else {
            out.write(RequestLine.render(keys.key(hit.span(), prompt.offset()), event));
            lines++;
          }
        } catch (UndecodableException e) {
          // The slicer decoded it; only a schema deleted from the registry since then leads here.
          skipped.add(skip(hit, ErrorReason.UNDECODABLE));
        } catch (IllegalArgumentException e) {
          // A slicer of another version could render it.
          skipped.add(skip(hit, ErrorReason.BAD_SCHEMA));
        }
      }
    }
    count("promptferry.log.records.read", cursor.fetchedRecords());
    count("promptferry.log.records.used", cursor.usedRecords());
    return new Written(lines, skipped, cursor.fetchedRecords());
  }

  private void count(String name, long records) {
    metrics.counter(name, "stage", "submit").increment((double) records);
  }

  private boolean isPast(@Nullable Instant deadline) {
    return deadline != null && !deadline.isAfter(clock.instant());
  }

  // Without a message: a batch whose every prompt is skipped must still fit one record.
  private static Skipped skip(SpanCursor.Hit hit, ErrorReason reason) {
    return Skipped.newBuilder()
        .setSpan(hit.span())
        .setOffset(hit.record().offset())
        .setReason(reason.name())
        .build();
  }
}
