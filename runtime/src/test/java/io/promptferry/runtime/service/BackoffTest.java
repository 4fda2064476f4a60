package io.promptferry.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  @ParameterizedTest
  @CsvSource({
    "1, 250",
    "2, 500",
    "3, 1000",
    "6, 8000",
    "7, 10000",
    "8, 10000",
    "2147483647, 10000"
  })
  void doublesUpToTheLongest(int failures, long millis) {
    assertThat(Backoff.QUICK.after(failures, 0)).hasMillis(millis);
  }

  @Test
  void leavesOutUpToAFifth() {
    assertThat(Backoff.QUICK.after(3, 0.5)).hasMillis(900);
    assertThat(Backoff.QUICK.after(3, 1)).hasMillis(800);
  }

  @RepeatedTest(50)
  void staysBetweenItsBounds() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    long first = 1L + random.nextInt(10_000);
    long longest = first + random.nextInt(10_000_000);
    var backoff = new Backoff(Duration.ofMillis(first), Duration.ofMillis(longest));
    int failures = 1 + random.nextInt(100);
    double part = random.nextDouble();
    Duration wait = backoff.after(failures, part);
    assertThat(wait.toMillis())
        .as("seed %d", seed)
        .isBetween((long) (first * 0.8), longest)
        .isLessThanOrEqualTo(backoff.after(failures, 0).toMillis())
        .isLessThanOrEqualTo(backoff.after(failures + 1, part).toMillis());
  }
}
