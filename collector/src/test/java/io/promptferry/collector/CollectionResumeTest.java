package io.promptferry.collector;

import static io.promptferry.collector.Samples.settings;
import static io.promptferry.collector.Samples.span;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Job;
import io.promptferry.records.Receipt;
import io.promptferry.records.Span;
import io.promptferry.records.Totals;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cut anywhere, collection goes on from the last receipt. */
class CollectionResumeTest extends CollectionBench {

  /** More than any batch here needs: who makes no progress fails and does not hang. */
  private static final int LIVES = 500;

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
   * A batch of several partitions, each of one or more spans, some of whose prompts are gone; of
   * the others some have a line.
   *
   * @param expected receives the ids of the prompts that are there, in order
   */
  private Job randomBatch(Random random, List<String> expected) {
    int topics = 1 + random.nextInt(2);
    var spans = new ArrayList<Span>();
    var there = new HashMap<TopicPartition, List<Long>>();
    for (int partition = 0; partition < 1 + random.nextInt(4); partition++) {
      var in = new TopicPartition("prompts" + random.nextInt(topics), partition);
      var runs = new TreeMap<Integer, List<Run>>();
      var counts = new HashMap<Integer, Integer>();
      int attempts = 1 + random.nextInt(3);
      var found = new ArrayList<Long>();
      long offset = random.nextInt(3);
      for (int run = 0; run < 1 + random.nextInt(4); run++) {
        long first = offset;
        int attempt = 1 + random.nextInt(attempts);
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
          counts.merge(attempt, 1, Integer::sum);
          if (random.nextInt(8) > 0) {
            found.add(offset);
            log.put(prompt(in, offset));
          }
          offset += random.nextInt(5) == 0 ? 2 : 1;
        }
        runs.computeIfAbsent(attempt, a -> new ArrayList<>()).add(new Run(first, offset - 1));
        // Between runs: nothing, prompts of others, or more than the cursor reads over.
        int gap = random.nextInt(4) == 0 ? 20_000 : random.nextInt(4);
        if (gap > 0) {
          log.put(prompt(in, offset));
        }
        offset += gap;
      }
      log.end(in, offset + random.nextInt(2));
      runs.forEach(
          (attempt, of) ->
              spans.add(
                  span(
                      in.topic(),
                      in.partition(),
                      attempt,
                      counts.getOrDefault(attempt, 0),
                      of.toArray(Run[]::new))));
      there.put(in, found);
    }
    Collections.shuffle(spans, random);
    var keys = new LineKeys(spans);
    var answered = new ArrayList<String>();
    for (int i = 0; i < spans.size(); i++) {
      var in = new TopicPartition(spans.get(i).getTopic(), spans.get(i).getPartition());
      // With the first span of a partition come the prompts of all.
      List<Long> offsets = there.remove(in);
      for (long offset : offsets == null ? List.<Long>of() : offsets) {
        expected.add(in + "-" + offset);
        if (random.nextInt(5) > 0) {
          answered.add(keys.key(i, offset));
        }
      }
    }
    Collections.shuffle(answered, random);
    answers(answered.toArray(String[]::new));
    return submission(spans);
  }
}
