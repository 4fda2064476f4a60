package io.promptferry.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Each answer once and in order, however partitions change hands between two members: and whether
 * the check of ownership is what this rests on. Each seed is one interleaving.
 */
class OwnershipTest {

  private static final int SEEDS = 400;

  /** As in the collector, but that members commit with the latest generation they know. */
  private static final Handovers.Rules CHECKED = new Handovers.Rules(true, true, false);

  @Test
  void eachRecordIsAnsweredOnceAndInOrder() {
    int lost = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var handovers = new Handovers(seed, CHECKED);
      handovers.run();
      lost += handovers.lost();
      for (TopicPartition partition : handovers.partitions()) {
        assertThat(handovers.answers(partition))
            .as("seed %d, %s", seed, partition)
            .isEqualTo(Handovers.EXPECTED);
      }
    }
    System.out.printf("%d seeds took %d partitions away from a chunk in hand%n", SEEDS, lost);
    assertThat(lost).isGreaterThan(SEEDS);
  }

  /** Were this not so, the test above would show nothing. */
  @Test
  void withoutTheCheckAnswersAreDoubled() {
    List<Integer> doubling = doubling(new Handovers.Rules(false, true, false));

    System.out.printf(
        "without the ownership check %d of %d seeds double answers, seed %s first%n",
        doubling.size(), SEEDS, doubling.stream().findFirst().orElse(-1));
    assertThat(doubling).hasSizeGreaterThan(SEEDS / 2);
  }

  /** A partition that is lost keeps the generation in which it was ours: a second fence. */
  @Test
  void theGenerationOfItsOwnershipFencesALostPartitionToo() {
    assertThat(doubling(new Handovers.Rules(false, false, false))).isEmpty();
  }

  /** The receipts are such a place: a third fence, for batches, but not for dead letters. */
  @Test
  void whoReadsItsPlaceAfterItBarredAllOthersDoublesNothing() {
    assertThat(doubling(new Handovers.Rules(false, true, true))).isEmpty();
  }

  private static List<Integer> doubling(Handovers.Rules rules) {
    return IntStream.range(0, SEEDS)
        .filter(
            seed -> {
              var handovers = new Handovers(seed, rules);
              handovers.run();
              return handovers.partitions().stream()
                  .map(handovers::answers)
                  .anyMatch(answers -> answers.stream().distinct().count() < answers.size());
            })
        .boxed()
        .toList();
  }
}
