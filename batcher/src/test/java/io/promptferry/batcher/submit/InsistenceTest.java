package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.runtime.kafka.RevokedException;
import io.promptferry.runtime.service.Backoff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The waits are real, so only their lower ends are measured, and the longest by the time-outs. */
@Timeout(20)
class InsistenceTest {

  private final OwnedPartition owned = new OwnedPartition();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    owned.close();
  }

  private Insistence insistence(Duration first, Duration longest) {
    return new Insistence(owned.get(), new Backoff(first, longest), metrics, "b");
  }

  private static ProviderException failure(@Nullable Duration retryAfter) {
    return new ProviderException(Kind.BUSY, 429, "", "quota", retryAfter, null);
  }

  private static long millis(Insistence insistence, @Nullable Duration retryAfter)
      throws InterruptedException {
    long before = System.nanoTime();
    insistence.waitAfter("create", failure(retryAfter));
    return Duration.ofNanos(System.nanoTime() - before).toMillis();
  }

  @Test
  void waitsLongerAfterEachFailure() throws InterruptedException {
    Insistence insistence = insistence(Duration.ofMillis(10), Duration.ofMillis(40));
    // A fifth less, at random.
    assertThat(millis(insistence, null)).isGreaterThanOrEqualTo(8);
    assertThat(millis(insistence, null)).isGreaterThanOrEqualTo(16);
    assertThat(millis(insistence, null)).isGreaterThanOrEqualTo(32);
    assertThat(millis(insistence, null)).isGreaterThanOrEqualTo(32);
  }

  @Test
  void waitsAsLongAsTheProviderAsks() throws InterruptedException {
    Insistence insistence = insistence(Duration.ofMillis(1), Duration.ofMinutes(1));
    assertThat(millis(insistence, Duration.ofMillis(60))).isGreaterThanOrEqualTo(60);
  }

  /** Kept to by submit.retry.longest.ms, which promises to be the longest wait. */
  @Test
  void doesNotWaitForYearsBecauseTheProviderAsks() throws InterruptedException {
    Insistence insistence = insistence(Duration.ofMillis(1), Duration.ofMillis(50));
    assertThat(millis(insistence, Duration.ofDays(3_650))).isGreaterThanOrEqualTo(40);
  }

  @Test
  void theLossOfThePartitionEndsTheWait() {
    Insistence insistence = insistence(Duration.ofDays(1), Duration.ofDays(1));
    owned.get();
    owned.close();
    assertThatThrownBy(() -> insistence.waitAfter("create", failure(null)))
        .isInstanceOf(RevokedException.class);
  }

  @Test
  void countsByCallAndKind() throws InterruptedException {
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
