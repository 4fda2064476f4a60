package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.MAX_LINE;
import static io.promptferry.collector.Samples.T0;
import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.response.FakeCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.Responses;
import io.promptferry.collector.response.Shortening;
import io.promptferry.collector.result.Expectations;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.collector.retry.RetryPolicy;
import io.promptferry.collector.retry.RetrySettings;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Run;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A log of prompts, a result file, and lives of a worker that collect them. */
abstract class CollectionBench {

  static final Clock CLOCK = Clock.fixed(ENDED.plusSeconds(60), ZoneOffset.UTC);
  static final TopicPartition P0 = new TopicPartition("prompts", 0);
  static final int LARGE = 1 << 20;

  final RegistryStub registry = new RegistryStub();
  final RecordSerdes serdes = registry.serdes();
  final Serializer<PromptEvent> events = serdes.serializer(PromptEvent.class);
  final Deserializer<PromptResponse> fromBytes = serdes.deserializer(PromptResponse.class);
  final Deserializer<Slice> sliceFromBytes = serdes.deserializer(Slice.class);
  final Serializer<PromptResponse> toBytes = serdes.serializer(PromptResponse.class);
  final RecordDecoder<PromptEvent> decoder = serdes.decoder(PromptEvent.class);

  @TempDir Path folder;

  LogConsumer log = new LogConsumer(3);
  RetrySettings retries = Samples.once();
  UnaryOperator<Receipt> correction = receipt -> receipt;
  final StringBuilder lines = new StringBuilder();

  /** A chunk as it would stand in the log. */
  record Chunk(List<PromptResponse> responses, List<Slice> slices, Receipt receipt) {}

  /** The process ends here. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  List<Chunk> collect(Job job, CollectSettings settings) throws IOException {
    var chunks = new ArrayList<Chunk>();
    run(job, settings, Optional.empty(), Integer.MAX_VALUE, false, chunks);
    return chunks;
  }

  /**
   * One life of a worker.
   *
   * @param most chunks that it writes before it is killed
   * @param openEnd whether it is killed inside the transaction after those, which is then aborted
   */
  void run(
      Job job,
      CollectSettings settings,
      Optional<Receipt> earlier,
      int most,
      boolean openEnd,
      List<Chunk> written)
      throws IOException {
    JobState state = state(job, "SUCCEEDED", "files/out", null);
    Path file = Files.writeString(folder.resolve("results"), lines);
    int before = written.size();
    var cursor =
        new SpanCursor(
            log,
            job.getBatch().getSpans(),
            Collection.position(earlier),
            topic -> Optional.of(""),
            Duration.ofSeconds(1),
            CLOCK);
    var ended = new EndedBatch(state, job, earlier);
    try (ResultFile results = ResultFile.open(file, job.getBatch().getSpans(), MAX_LINE)) {
      var collection =
          new Collection(
              ended,
              tools(settings, retries),
              cursor,
              new BatchOutcomes(job, results, BatchOutcomes.withoutLine(state), MAX_LINE),
              null,
              new ReceiptBook(ended, settings.receipts(), Prices.shipped(), 0, 0, CLOCK));
      Receipt receipt;
      do {
        receipt =
            collection.step(
                (responses, slices, next) -> {
                  if (openEnd && written.size() - before == most - 1) {
                    throw new Killed();
                  }
                  Receipt corrected = correction.apply(next);
                  written.add(chunk(responses, slices, corrected));
                  if (written.size() - before == most) {
                    throw new Killed();
                  }
                  return corrected;
                });
      } while (!receipt.getSettled());
    } catch (Killed e) {
      assertThat(most).isLessThan(Integer.MAX_VALUE);
    }
  }

  Responses responses() {
    return new Responses(topics(), toBytes, 1_000_000);
  }

  Delivery delivery() {
    return new Delivery(
        topics(), new Shortening(serdes.decoder(PromptResponse.class), toBytes), why -> {});
  }

  private static ResponseTopics topics() {
    return new ResponseTopics(
        new Topics(""),
        new ResponseSettings("responses", 0, Pattern.compile("")),
        new FakeCluster("responses"),
        CLOCK);
  }

  CollectTools tools(CollectSettings settings, RetrySettings policy) {
    return new CollectTools(
        settings,
        responses(),
        decoder,
        new Expectations(),
        new RetryPolicy(policy, () -> 0),
        new SliceRecords("slices", serdes.serializer(Slice.class)),
        CLOCK);
  }

  Chunk chunk(
      List<ProducerRecord<byte[], byte[]>> responses,
      List<ProducerRecord<byte[], byte[]>> slices,
      Receipt receipt) {
    return new Chunk(
        responses.stream()
            .map(response -> fromBytes.deserialize(response.topic(), response.value()))
            .toList(),
        slices.stream().map(slice -> sliceFromBytes.deserialize("slices", slice.value())).toList(),
        receipt);
  }

  int size(Chunk chunk) {
    return chunk.responses().stream()
        .mapToInt(response -> toBytes.serialize("responses", response).length)
        .sum();
  }

  static List<String> ids(Chunk chunk) {
    return chunk.responses().stream().map(PromptResponse::getId).toList();
  }

  static List<String> ids(List<Chunk> chunks) {
    return chunks.stream().flatMap(chunk -> ids(chunk).stream()).toList();
  }

  static Receipt last(List<Chunk> chunks) {
    return chunks.get(chunks.size() - 1).receipt();
  }

  static Job job(Run... runs) {
    return submission(List.of(span("prompts", 0, 1, runs)));
  }

  void prompts(TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      log.put(prompt(partition, offset));
    }
  }

  void answers(String... keys) {
    for (String key : keys) {
      lines.append(
          """
          {"key":"%s","response":{"candidates":[{"content":{"parts":[{"text":"answer to %s"}]}}],\
          "usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":5}}}
          """
              .formatted(key, key));
    }
  }

  ConsumerRecord<byte[], byte[]> prompt(TopicPartition partition, long offset) {
    PromptEvent event =
        PromptEvent.newBuilder()
            .setPrompt("what crosses?")
            .setAttributes(Map.of("offset", Long.toString(offset)))
            .build();
    return record(partition, offset, events.serialize(partition.topic(), event));
  }

  static ConsumerRecord<byte[], byte[]> record(
      TopicPartition partition, long offset, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        partition.topic(),
        partition.partition(),
        offset,
        T0.toEpochMilli() + offset,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        "k".getBytes(UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
