package io.promptferry.collector.resend;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.Outcome;
import io.promptferry.schemas.ErrorReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsolationTest {

  private static final int PLENTY = 1_000_000;

  private static Rejection rejection(long line) {
    return new Rejection(
        3, "Error on line " + line, line == 0 ? OptionalLong.empty() : OptionalLong.of(line));
  }

  /** What became of the prompts of a batch, and what it cost. */
  private record End(Set<Integer> answered, Set<Integer> blamed, Set<Integer> left, int jobs) {}

  /** A provider that rejects every job with a poisoned prompt in it. */
  private static End isolate(List<Integer> prompts, Set<Integer> poisoned, boolean named, int max) {
    var end = new End(new HashSet<>(), new HashSet<>(), new HashSet<>(), 0);
    int jobs = 0;
    Deque<List<Integer>> batches = new ArrayDeque<>();
    batches.add(prompts);
    while (!batches.isEmpty()) {
      List<Integer> batch = batches.remove();
      int first =
          IntStream.range(0, batch.size())
              .filter(i -> poisoned.contains(batch.get(i)))
              .findFirst()
              .orElse(-1);
      if (first < 0) {
        end.answered().addAll(batch);
        continue;
      }
      Isolation isolation =
          Isolation.of(rejection(named ? first + 1L : 0), batch.size(), true, max - jobs);
      jobs += isolation.parts();
      var parts = new TreeMap<Integer, List<Integer>>();
      for (int i = 0; i < batch.size(); i++) {
        Outcome outcome = isolation.of(i + 1L);
        int prompt = batch.get(i);
        if (outcome instanceof Outcome.Parted parted) {
          List<Integer> part = parts.computeIfAbsent(parted.part(), p -> new ArrayList<>());
          part.add(prompt);
          if (parted.last()) {
            batches.add(part);
          }
        } else if (outcome instanceof Outcome.Failed failed) {
          (failed.reason() == ErrorReason.JOB_INVALID ? end.blamed() : end.left()).add(prompt);
        }
      }
      assertThat(parts).as("every part is closed").hasSize(isolation.parts());
    }
    return new End(end.answered(), end.blamed(), end.left(), jobs);
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4_711, 9_999})
  void onePoisonedPromptInTenThousandHarmsNoOther(int poison) {
    End end = isolate(numbers(10_000), Set.of(poison), false, 200);

    System.out.printf("one in 10,000: %d extra jobs%n", end.jobs());
    assertThat(end.blamed()).containsExactly(poison);
    assertThat(end.answered()).hasSize(9_999);
    assertThat(end.left()).isEmpty();
    assertThat(end.jobs()).isLessThanOrEqualTo(16 * 3 + 3);
  }

  @Test
  void aNamedLineCostsOneJob() {
    End end = isolate(numbers(10_000), Set.of(17), true, 200);

    assertThat(end.blamed()).containsExactly(17);
    assertThat(end.answered()).hasSize(9_999);
    assertThat(end.jobs()).isEqualTo(1);
  }

  @RepeatedTest(50)
  void whoeverIsPoisonedIsFoundAndNobodyElse() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    List<Integer> prompts = numbers(1 + random.nextInt(3_000));
    var poisoned = new HashSet<Integer>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      poisoned.add(random.nextInt(prompts.size()));
    }
    End end = isolate(prompts, poisoned, random.nextBoolean(), PLENTY);

    assertThat(end.blamed()).as("seed %d", seed).isEqualTo(poisoned);
    assertThat(end.left()).as("seed %d", seed).isEmpty();
    assertThat(end.answered()).as("seed %d", seed).hasSize(prompts.size() - poisoned.size());
  }

  @RepeatedTest(20)
  void theBudgetIsKeptAndEveryPromptHasItsEnd() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    List<Integer> prompts = numbers(1 + random.nextInt(3_000));
    var poisoned = new HashSet<Integer>();
    for (int i = random.nextInt(20); i >= 0; i--) {
      poisoned.add(random.nextInt(prompts.size()));
    }
    int max = random.nextInt(60);
    End end = isolate(prompts, poisoned, random.nextBoolean(), max);

    assertThat(end.jobs()).as("seed %d", seed).isLessThanOrEqualTo(max);
    assertThat(poisoned).as("seed %d", seed).containsAll(end.blamed());
    assertThat(end.answered().size() + end.blamed().size() + end.left().size())
        .as("seed %d", seed)
        .isEqualTo(prompts.size());
  }

  @Test
  void whereTheLogLacksPromptsALinesNumberTellsNothing() {
    Isolation isolation = Isolation.of(rejection(2), 10, false, PLENTY);

    assertThat(isolation.parts()).isEqualTo(10);
    assertThat(isolation.of(2)).isEqualTo(new Outcome.Parted(1, true, 3));
  }

  @Test
  void aLineThatTheFileDoesNotHaveNamesNobody() {
    assertThat(Isolation.of(rejection(11), 10, true, PLENTY).parts()).isEqualTo(10);

    Isolation last = Isolation.of(rejection(10), 10, true, PLENTY);
    assertThat(last.parts()).isEqualTo(1);
    assertThat(last.of(10)).isInstanceOf(Outcome.Failed.class);
    assertThat(last.of(9)).isEqualTo(new Outcome.Parted(0, true, 3));
  }

  @Test
  void aBatchIsDividedBySixteen() {
    Isolation isolation = Isolation.of(rejection(0), 10_000, true, PLENTY);

    assertThat(isolation.parts()).isEqualTo(16);
    assertThat(isolation.of(625)).isEqualTo(new Outcome.Parted(0, true, 3));
    assertThat(isolation.of(626)).isEqualTo(new Outcome.Parted(1, false, 3));
    assertThat(isolation.of(10_000)).isEqualTo(new Outcome.Parted(15, true, 3));
  }

  @Test
  void withoutABudgetTheRestIsAnsweredWithTheKeyThatDecides() {
    assertThat(Isolation.of(rejection(0), 10, true, 9).of(1))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(ErrorReason.NOT_ISOLATED);
              assertThat(failed.message()).contains("isolation.max.jobs");
            });
  }

  @Test
  void isDividedInALaterLifeAsItWasInTheFirst() {
    for (long named : new long[] {0, 3}) {
      for (int budget : new int[] {0, 5, 100}) {
        Isolation first = Isolation.of(rejection(named), 40, true, budget);
        Isolation later = Isolation.of(rejection(named), 40, true, first.parts());
        for (long line = 1; line <= 40; line++) {
          assertThat(later.of(line)).isEqualTo(first.of(line));
        }
      }
    }
  }
}
