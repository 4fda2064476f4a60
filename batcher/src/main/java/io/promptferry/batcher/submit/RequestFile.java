package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.records.Batch;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Skipped;
import io.promptferry.request.RequestLine;
import io.promptferry.runtime.metrics.Metric;
import io.promptferry.runtime.metrics.SharedMetrics;
import io.promptferry.runtime.trace.PromptLinks;
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
 *
 * <p>Each partition is read through once. The lines stand in the order of the {@link SpanCursor},
 * by which the collector, which reads in that order too, knows the prompt of a line that the
 * provider names by its number.
 */
final class RequestFile {

  private final Consumer<byte[], byte[]> log;
  private final RecordDecoder<PromptEvent> decoder;
  private final Function<String, Optional<String>> topicIds;
  private final Duration readTimeout;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final Vanished vanished;
  private final long maxBytes;

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
    this(log, decoder, topicIds, readTimeout, clock, metrics, BatchLimits.API_MAX_BYTES);
  }

  RequestFile(
      Consumer<byte[], byte[]> log,
      RecordDecoder<PromptEvent> decoder,
      Function<String, Optional<String>> topicIds,
      Duration readTimeout,
      Clock clock,
      MeterRegistry metrics,
      long maxBytes) {
    this.log = log;
    this.decoder = decoder;
    this.topicIds = topicIds;
    this.readTimeout = readTimeout;
    this.clock = clock;
    this.metrics = metrics;
    this.vanished = new Vanished(metrics);
    this.maxBytes = maxBytes;
  }

  /**
   * Writes the file, over one that an earlier life left.
   *
   * @throws IllegalStateException when the file would become larger than the API takes. Slices are
   *     measured by the lines themselves, so that only a batch that was closed by other rules than
   *     this version's can lead here
   */
  Written write(Batch batch, Path file) throws IOException {
    var keys = new LineKeys(batch.getSpans());
    var skipped = new ArrayList<Skipped>();
    var found = new int[batch.getSpans().size()];
    var cursor =
        new SpanCursor(
            log, batch.getSpans(), SpanCursor.Position.START, topicIds, readTimeout, clock);
    var links = new PromptLinks();
    int lines = 0;
    long bytes = 0;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      while (cursor.hasNext()) {
        SpanCursor.Hit hit = cursor.next();
        found[hit.span()]++;
        links.follow(hit.record().headers());
        String key = keys.key(hit.span(), hit.record().offset());
        byte[] line = line(key, hit, skipped);
        if (line != null) {
          bytes += line.length;
          requireRoom(batch, key, bytes);
          out.write(line);
          lines++;
        }
      }
    }
    vanished.report(batch, found);
    count(SharedMetrics.RECORDS_READ, cursor.fetchedRecords());
    count(SharedMetrics.RECORDS_USED, cursor.usedRecords());
    return new Written(lines, skipped, cursor.fetchedRecords());
  }

  /** Null for a prompt that cannot go in, which is then one of those skipped. */
  private byte @Nullable [] line(String key, SpanCursor.Hit hit, List<Skipped> skipped) {
    ConsumerRecord<byte[], byte[]> prompt = hit.record();
    try {
      PromptEvent event = decoder.decode(prompt.topic(), prompt.value());
      if (!isPast(event.getDeadline())) {
        return RequestLine.render(key, event);
      }
      skipped.add(skip(hit, ErrorReason.DEADLINE_PASSED));
    } catch (UndecodableException e) {
      // The slicer decoded it; only a schema deleted from the registry since then leads here.
      skipped.add(skip(hit, ErrorReason.UNDECODABLE));
    } catch (RequestLine.UnrenderableException e) {
      // A slicer of another version could render it.
      skipped.add(skip(hit, e.reason()));
    }
    return null;
  }

  private void requireRoom(Batch batch, String key, long bytes) {
    if (bytes > maxBytes) {
      throw new IllegalStateException(
          "the file of batch %s would pass the %d bytes that the API takes at the prompt %s: lower %s for later batches"
              .formatted(batch.getBatchId(), maxBytes, key, BatchLimits.MAX_BYTES));
    }
  }

  private void count(Metric metric, long records) {
    metric.counterIn(metrics, "submit").increment((double) records);
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
