package io.promptferry.collector;

import static io.promptferry.collector.Samples.ENDED;
import static io.promptferry.collector.Samples.MAX_LINE;
import static io.promptferry.collector.Samples.SUBMITTED;
import static io.promptferry.collector.Samples.T0;
import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.response.FakeCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.Responses;
import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.SealReason;
import io.promptferry.records.Span;
import io.promptferry.records.Totals;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.Run;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionTest {

  private static final Clock CLOCK = Clock.fixed(ENDED.plusSeconds(60), ZoneOffset.UTC);
  private static final TopicPartition P0 = new TopicPartition("prompts", 0);
  private static final int LARGE = 1 << 20;

  /** More than any batch here needs: who makes no progress fails and does not hang. */
  private static final int LIVES = 500;

  private static final RegistryStub REGISTRY = new RegistryStub();
  private static final RecordSerdes SERDES = REGISTRY.serdes();
  private static final Serializer<PromptEvent> EVENTS = SERDES.serializer(PromptEvent.class);
  private static final Deserializer<PromptResponse> RESPONSES =
      SERDES.deserializer(PromptResponse.class);
  private static final Serializer<PromptResponse> TO_BYTES =
      SERDES.serializer(PromptResponse.class);
  private static final RecordDecoder<PromptEvent> DECODER = SERDES.decoder(PromptEvent.class);

  @TempDir private Path folder;

  private LogConsumer log = new LogConsumer(3);
  private final StringBuilder lines = new StringBuilder();

  /** A chunk as it would stand in the log. */
  private record Chunk(List<PromptResponse> responses, Receipt receipt) {}

  /** The process ends here. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @AfterAll
  static void stopRegistry() {
    REGISTRY.close();
  }

  @Test
  void answersInTheOrderOfTheLogAndSettlesWithTheLast() throws IOException {
    prompts(P0, 10, 11, 12, 20, 21);
    answers("0-21", "0-10", "0-20", "0-12", "0-11");
    List<Chunk> chunks = collect(job(new Run(10, 12), new Run(20, 21)), settings(folder, 2, LARGE));

    assertThat(chunks)
        .extracting(chunk -> ids(chunk))
        .containsExactly(
            List.of("prompts-0-10", "prompts-0-11"),
            List.of("prompts-0-12", "prompts-0-20"),
            List.of("prompts-0-21"));
    assertThat(chunks)
        .extracting(chunk -> chunk.receipt().getSettled())
        .containsExactly(false, false, true);
    assertThat(chunks)
        .extracting(chunk -> chunk.receipt().getNextOffset())
        .containsExactly(12L, 21L, 22L);
    assertThat(chunks.get(0).responses().get(0).getText()).isEqualTo("answer to 0-10");
  }

  @Test
  void fullChunksAreFollowedByAnEmptySettledOne() throws IOException {
    prompts(P0, 0, 1, 2, 3);
    List<Chunk> chunks = collect(job(new Run(0, 3)), settings(folder, 2, LARGE));

    assertThat(chunks).extracting(chunk -> chunk.responses().size()).containsExactly(2, 2, 0);
    assertThat(chunks)
        .extracting(chunk -> chunk.receipt().getSettled())
        .containsExactly(false, false, true);
  }

  @Test
  void aChunkIsClosedOnceItIsSoLarge() throws IOException {
    prompts(P0, 0, 1, 2, 3);
    answers("0-0", "0-1", "0-2", "0-3");
    int one = size(collect(job(new Run(0, 0)), settings(folder, 9, LARGE)).get(0));

    assertThat(collect(job(new Run(0, 3)), settings(folder, 9, one)))
        .extracting(chunk -> chunk.responses().size())
        .containsExactly(1, 1, 1, 1, 0);
    assertThat(collect(job(new Run(0, 3)), settings(folder, 9, one + 1)))
        .extracting(chunk -> chunk.responses().size())
        .containsExactly(2, 2, 0);
    assertThat(collect(job(new Run(0, 3)), settings(folder, 9, 3 * one + 1)))
        .extracting(chunk -> chunk.responses().size())
        .containsExactly(4, 0);
  }

  @Test
  void whatIsGoneFromTheLogIsCounted() throws IOException {
    prompts(P0, 0, 1, 5, 6);
    answers("0-0", "0-5");
    log.removeBefore(P0, 1);
    Job job = submission(List.of(span("prompts", 0, 1, 6, new Run(0, 2), new Run(4, 6))));

    List<Chunk> chunks = collect(job, settings(folder, 100, LARGE));

    assertThat(chunks)
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(ids(chunk)).containsExactly("prompts-0-1", "prompts-0-5", "prompts-0-6");
              assertThat(chunk.receipt().getTotals())
                  .isEqualTo(new Totals(1L, 2L, 0L, 3L, 7L, 5L, 0L, 0L));
            });
  }

  @Test
  void aBatchOfWhichNothingIsLeftIsSettledAllTheSame() throws IOException {
    log.removeBefore(P0, 50);

    List<Chunk> chunks = collect(job(new Run(0, 9)), settings(folder, 5, LARGE));

    assertThat(chunks)
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(chunk.responses()).isEmpty();
              assertThat(chunk.receipt().getSettled()).isTrue();
              assertThat(chunk.receipt().getTotals().getVanished()).isEqualTo(10);
            });
  }

  @Test
  void theReceiptSaysWhatAndWhen() throws IOException {
    prompts(P0, 7);
    answers("0-7");
    Receipt receipt = collect(job(new Run(7, 7)), settings(folder, 9, LARGE)).get(0).receipt();

    assertThat(receipt)
        .isEqualTo(
            Receipt.newBuilder()
                .setBatchId("b1")
                .setJob("batches/1")
                .setModel("m")
                .setSettled(true)
                .setSpan(0)
                .setNextOffset(8)
                .setTotals(new Totals(1L, 0L, 0L, 0L, 7L, 5L, 0L, 0L))
                .setSealReason(SealReason.REQUESTS)
                .setSealedAt(T0.plusSeconds(10))
                .setSubmittedAt(SUBMITTED)
                .setEndedAt(ENDED)
                .setUpdatedAt(CLOCK.instant())
                .build());
  }

  @Test
  void theResponseSaysWhatCarriedIt() throws IOException {
    prompts(P0, 7);
    answers("0-7");
    Job job = submission(List.of(span("prompts", 0, 3, new Run(7, 7))));
    PromptResponse response = collect(job, settings(folder, 9, LARGE)).get(0).responses().get(0);

    assertThat(response.getAttempt()).isEqualTo(3);
    assertThat(response.getBatchId()).isEqualTo("b1");
    assertThat(response.getJob()).isEqualTo("batches/1");
    assertThat(response.getModel()).isEqualTo("m");
    assertThat(response.getPromptedAt()).isEqualTo(T0.plusMillis(7));
    assertThat(response.getSealedAt()).isEqualTo(T0.plusSeconds(10));
    assertThat(response.getSubmittedAt()).isEqualTo(SUBMITTED);
    assertThat(response.getCompletedAt()).isEqualTo(ENDED);
    assertThat(response.getAttributes()).isEqualTo(Map.of("offset", "7"));
  }

  @Test
  void aBatchThatWasNeverSubmittedHasNoTimeOfIt() throws IOException {
    prompts(P0, 7);
    Job job = job(new Run(7, 7));
    job.setJob(null);
    Chunk chunk = collect(job, settings(folder, 9, LARGE)).get(0);

    assertThat(chunk.receipt().getSubmittedAt()).isNull();
    assertThat(chunk.receipt().getJob()).isNull();
    assertThat(chunk.responses().get(0).getSubmittedAt()).isNull();
    assertThat(chunk.responses().get(0).getJob()).isNull();
  }

  @Test
  void aPromptThatIsNoEventIsAnsweredAllTheSame() throws IOException {
    log.put(record(P0, 7, new byte[] {1, 2, 3}));
    PromptResponse response =
        collect(job(new Run(7, 7)), settings(folder, 9, LARGE)).get(0).responses().get(0);

    assertThat(response.getId()).isEqualTo("prompts-0-7");
    assertThat(response.getError().getReason()).isEqualTo("NO_RESULT");
  }

  @Test
  void withoutAReceiptCollectionStartsAtTheStart() {
    assertThat(Collection.position(Optional.empty())).isEqualTo(SpanCursor.Position.START);
    assertThat(Collection.position(Optional.of(Samples.receipt("b1", false, 2, 17))))
        .isEqualTo(new SpanCursor.Position(2, 17));
  }

  /** The name of a failed run shows its seed. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void cutAnywhereItGoesOnFromTheReceipt(long seed) throws IOException {
    var random = new Random(seed);
    log = new LogConsumer(1 + random.nextInt(7));
    var expected = new ArrayList<String>();
    Job job = randomBatch(random, expected);

    List<Chunk> whole = collect(job, randomSettings(random));
    assertThat(ids(whole)).containsExactlyElementsOf(expected);

    List<Chunk> pieces = collectWithKills(job, random);
    assertThat(ids(pieces)).containsExactlyElementsOf(expected);
    assertThat(pieces).extracting(chunk -> chunk.receipt().getSettled()).endsWith(true);
    assertThat(pieces.subList(0, pieces.size() - 1))
        .noneMatch(chunk -> chunk.receipt().getSettled());
    Totals totals = last(pieces).getTotals();
    assertThat(totals).isEqualTo(last(whole).getTotals());
    assertThat(Collection.position(Optional.of(last(pieces))))
        .isEqualTo(Collection.position(Optional.of(last(whole))));
    assertThat(totals.getSucceeded() + totals.getFailed()).isEqualTo(expected.size());
    assertThat(totals.getVanished()).isEqualTo(job.getBatch().getCount() - expected.size());
  }

  /** After each chunk, on each place where it could be cut. */
  @Test
  void cutAfterEachChunkItGoesOnFromTheReceipt() throws IOException {
    var expected = new ArrayList<String>();
    Job job = randomBatch(new Random(0), expected);
    for (int size = 1; size <= expected.size() + 1; size++) {
      CollectSettings settings = settings(folder, size, LARGE);
      var chunks = new ArrayList<Chunk>();
      Optional<Receipt> earlier = Optional.empty();
      while (earlier.isEmpty() || !earlier.get().getSettled()) {
        assertThat(chunks).hasSizeLessThan(LIVES);
        run(job, settings, earlier, 1, false, chunks);
        earlier = Optional.of(last(chunks));
      }
      assertThat(ids(chunks)).as("chunks of %d", size).containsExactlyElementsOf(expected);
    }
  }

  private List<Chunk> collectWithKills(Job job, Random random) throws IOException {
    var chunks = new ArrayList<Chunk>();
    Optional<Receipt> earlier = Optional.empty();
    for (int life = 0; earlier.isEmpty() || !earlier.get().getSettled(); life++) {
      assertThat(life).isLessThan(LIVES);
      int before = chunks.size();
      int most = 1 + random.nextInt(3);
      run(job, randomSettings(random), earlier, most, random.nextBoolean(), chunks);
      if (chunks.size() > before) {
        earlier = Optional.of(last(chunks));
      }
    }
    return chunks;
  }

  private static CollectSettings randomSettings(Random random) {
    return settings(
        Path.of("unused"),
        1 + random.nextInt(6),
        random.nextBoolean() ? LARGE : 1 + random.nextInt(1500));
  }

  /**
   * A batch of several spans, some of whose prompts are gone; of the others some have a line.
   *
   * @param expected receives the ids of the prompts that are there, in order
   */
  private Job randomBatch(Random random, List<String> expected) {
    int topics = 1 + random.nextInt(2);
    var spans = new ArrayList<Span>();
    var there = new ArrayList<List<Long>>();
    for (int partition = 0; partition < 1 + random.nextInt(4); partition++) {
      var in = new TopicPartition("prompts" + random.nextInt(topics), partition);
      var runs = new ArrayList<Run>();
      var found = new ArrayList<Long>();
      int count = 0;
      long offset = random.nextInt(3);
      for (int run = 0; run < 1 + random.nextInt(4); run++) {
        long first = offset;
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
          count++;
          if (random.nextInt(8) > 0) {
            found.add(offset);
            log.put(prompt(in, offset));
          }
          offset += random.nextInt(5) == 0 ? 2 : 1;
        }
        runs.add(new Run(first, offset - 1));
        // Between runs: prompts of others, or more than the cursor reads over.
        log.put(prompt(in, offset));
        offset += random.nextInt(4) == 0 ? 20_000 : 1 + random.nextInt(3);
      }
      log.end(in, offset + random.nextInt(2));
      spans.add(
          span(in.topic(), partition, 1 + random.nextInt(3), count, runs.toArray(Run[]::new)));
      there.add(found);
    }
    Collections.reverse(spans);
    Collections.reverse(there);
    var keys = new LineKeys(spans);
    var answered = new ArrayList<String>();
    for (int span = 0; span < spans.size(); span++) {
      for (long offset : there.get(span)) {
        expected.add(
            spans.get(span).getTopic() + "-" + spans.get(span).getPartition() + "-" + offset);
        if (random.nextInt(5) > 0) {
          answered.add(keys.key(span, offset));
        }
      }
    }
    Collections.shuffle(answered, random);
    answers(answered.toArray(String[]::new));
    return submission(spans);
  }

  private List<Chunk> collect(Job job, CollectSettings settings) throws IOException {
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
  private void run(
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
            Duration.ofSeconds(1),
            CLOCK);
    var collection = new Collection(state, job, responses(), DECODER, settings, CLOCK);
    try (ResultFile results =
        ResultFile.open(file, new LineKeys(job.getBatch().getSpans()), MAX_LINE)) {
      Outcome none = BatchOutcomes.withoutLine(state);
      Totals totals =
          collection.run(
              cursor,
              new BatchOutcomes(job, results, none, MAX_LINE),
              earlier,
              (responses, receipt) -> {
                if (openEnd && written.size() - before == most - 1) {
                  throw new Killed();
                }
                written.add(chunk(responses, receipt));
                if (written.size() - before == most) {
                  throw new Killed();
                }
              });
      assertThat(totals).isEqualTo(last(written).getTotals());
    } catch (Killed e) {
      assertThat(most).isLessThan(Integer.MAX_VALUE);
    }
  }

  private static Responses responses() {
    var topics =
        new ResponseTopics(
            new Topics(""),
            new ResponseSettings("responses", 0, Pattern.compile("")),
            new FakeCluster("responses"),
            CLOCK);
    return new Responses(topics, TO_BYTES);
  }

  private static Chunk chunk(List<ProducerRecord<byte[], byte[]>> responses, Receipt receipt) {
    return new Chunk(
        responses.stream()
            .map(response -> RESPONSES.deserialize(response.topic(), response.value()))
            .toList(),
        receipt);
  }

  private static int size(Chunk chunk) {
    return chunk.responses().stream()
        .mapToInt(response -> TO_BYTES.serialize("responses", response).length)
        .sum();
  }

  private static List<String> ids(Chunk chunk) {
    return chunk.responses().stream().map(PromptResponse::getId).toList();
  }

  private static List<String> ids(List<Chunk> chunks) {
    return chunks.stream().flatMap(chunk -> ids(chunk).stream()).toList();
  }

  private static Receipt last(List<Chunk> chunks) {
    return chunks.get(chunks.size() - 1).receipt();
  }

  private static Job job(Run... runs) {
    return submission(List.of(span("prompts", 0, 1, runs)));
  }

  private void prompts(TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      log.put(prompt(partition, offset));
    }
  }

  private void answers(String... keys) {
    for (String key : keys) {
      lines.append(
          """
          {"key":"%s","response":{"candidates":[{"content":{"parts":[{"text":"answer to %s"}]}}],\
          "usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":5}}}
          """
              .formatted(key, key));
    }
  }

  private static ConsumerRecord<byte[], byte[]> prompt(TopicPartition partition, long offset) {
    PromptEvent event =
        PromptEvent.newBuilder()
            .setPrompt("what crosses?")
            .setAttributes(Map.of("offset", Long.toString(offset)))
            .build();
    return record(partition, offset, EVENTS.serialize(partition.topic(), event));
  }

  private static ConsumerRecord<byte[], byte[]> record(
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
