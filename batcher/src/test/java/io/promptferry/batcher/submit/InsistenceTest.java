package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.runtime.service.Backoff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InsistenceTest {

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  private Insistence insistence(Duration first, Duration longest) {
    return new Insistence(new Backoff(first, longest), metrics, "b");
  }

  private static ProviderException failure(@Nullable Duration retryAfter) {
    return new ProviderException(Kind.BUSY, 429, "", "quota", retryAfter, null);
  }

  private static long millis(Insistence insistence, @Nullable Duration retryAfter) {
    return insistence.waitAfter("create", failure(retryAfter)).toMillis();
  }

  @Test
  void waitsLongerAfterEachFailure() {
    Insistence insistence = insistence(Duration.ofMillis(10), Duration.ofMillis(40));
    // A fifth less, at random.
    assertThat(millis(insistence, null)).isBetween(8L, 10L);
    assertThat(millis(insistence, null)).isBetween(16L, 20L);
    assertThat(millis(insistence, null)).isBetween(32L, 40L);
    assertThat(millis(insistence, null)).isBetween(32L, 40L);
  }

  @Test
  void waitsAsLongAsTheProviderAsks() {
    Insistence insistence = insistence(Duration.ofMillis(1), Duration.ofMinutes(1));
    assertThat(millis(insistence, Duration.ofMillis(60))).isEqualTo(60);
  }

  /** Kept to by submit.retry.longest.ms, which promises to be the longest wait. */
  @Test
  void doesNotWaitForYearsBecauseTheProviderAsks() {
    Insistence insistence = insistence(Duration.ofMillis(1), Duration.ofMillis(50));
    assertThat(millis(insistence, Duration.ofDays(3_650))).isEqualTo(50);
  }

  @Test
  void countsByCallAndKind() {
    Insistence insistence = insistence(Duration.ZERO, Duration.ZERO);
    insistence.waitAfter("create", failure(null));
    insistence.waitAfter("create", failure(null));
    insistence.waitAfter("find", new ProviderException(Kind.UNKNOWN, 0, "", "gone"));
    assertThat(count("create", "BUSY")).isEqualTo(2);
    assertThat(count("find", "UNKNOWN")).isEqualTo(1);
  }

  private double count(String call, String kind) {
    return metrics.counter("promptferry.provider.refusals", "call", call, "kind", kind).count();
  }
}
