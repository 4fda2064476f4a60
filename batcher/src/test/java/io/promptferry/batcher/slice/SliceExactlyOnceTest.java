package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.Seeds;
import io.promptferry.batcher.slice.SimulatedMember.CommitOrder;
import io.promptferry.batcher.slice.SliceCase.Memory;
import io.promptferry.batcher.slice.SliceCase.Tally;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random traffic, crashes at every step of a commit, rebalances, instances that sleep through them,
 * partitions that are added and offsets that are set by hand: each committed prompt is in exactly
 * one slice, or exactly once among the dead letters, or, where repetitions are looked for, it
 * repeats one that is in a slice. A failure begins with its seed; {@code -Dpromptferry.test.seed}
 * runs that one alone.
 */
class SliceExactlyOnceTest {

  private static final int CASES = 200;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static SliceCase.Serdes serdes;

  @BeforeAll
  static void startRegistry() {
    registry = new RegistryStub();
    serdes = SliceCase.Serdes.of(registry.serdes());
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  private static LongStream seeds() {
    return new Random(20_260_131).longs(CASES);
  }

  static LongStream seedsOrTheOneGiven() {
    return Seeds.orGiven(seeds());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seedsOrTheOneGiven")
  void eachPromptIsInOneSliceOrIsOneDeadLetterOrRepeatsOne(long seed) {
    Seeds.run(seed, () -> new SliceCase(serdes, seed, CommitOrder.ALL_AT_ONCE).run());
  }

  /** Without this, the test above could pass because it sees nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ALL_AT_ONCE")
  void aWrongCommitIsCaught(CommitOrder order) {
    assertIsCaught(seed -> new SliceCase(serdes, seed, order).run());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BY_SLICES")
  void aWrongMemoryIsCaught(Memory memory) {
    assertIsCaught(seed -> new SliceCase(serdes, seed, CommitOrder.ALL_AT_ONCE, memory).run());
  }

  private static void assertIsCaught(LongConsumer wrong) {
    assertThatThrownBy(() -> seeds().forEach(seed -> Seeds.run(seed, () -> wrong.accept(seed))))
        .hasMessageStartingWith("-Dpromptferry.test.seed=")
        .hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void theSameSeedIsTheSameCase() {
    long seed = seeds().findFirst().orElseThrow();
    Seeds.run(
        seed,
        () ->
            assertThat(new SliceCase(serdes, seed, CommitOrder.ALL_AT_ONCE).run())
                .isEqualTo(new SliceCase(serdes, seed, CommitOrder.ALL_AT_ONCE).run())
                .isNotEmpty());
  }

  @Test
  void theCasesHoldCrashesFencedMembersAndNewPartitions() {
    Tally sum = Tally.NOTHING;
    for (long seed : seeds().toArray()) {
      var one = new SliceCase(serdes, seed, CommitOrder.ALL_AT_ONCE);
      Seeds.run(seed, one::run);
      sum = sum.plus(one.tally());
    }
    System.out.printf("%d cases: %s%n", CASES, sum);
    assertThat(sum.crashes()).isGreaterThan(CASES);
    assertThat(sum.fenced()).isGreaterThan(CASES / 10);
    assertThat(sum.added()).isGreaterThan(CASES);
    assertThat(sum.remade()).isGreaterThan(CASES / 10);
    assertThat(sum.passedOver()).isGreaterThan(CASES / 10);
    assertThat(sum.dropped()).isGreaterThan(CASES);
  }
}
