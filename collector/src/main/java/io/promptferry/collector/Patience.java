package io.promptferry.collector;

import io.promptferry.gemini.ProviderException;
import io.promptferry.records.JobState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * How long the results of a job are asked for. What concerns us and not the results, a wrong key,
 * never ends it as long as the results may still be there: a bad key harms nobody.
 */
final class Patience {

  /**
   * Tried for so long at least, however long ago the job ended: after an outage of ours a single
   * broken connection must not cost a batch its answers.
   */
  static final Duration LEAST_TRIED = Duration.ofMinutes(10);

  /** The provider keeps files for so long; what it says of results, six weeks, was seen broken. */
  static final Duration KEPT_BY_PROVIDER = Duration.ofDays(2);

  private final Instant ended;
  private final Duration giveUpAfter;
  private final Clock clock;
  private Instant tryUntil;

  Patience(JobState state, Duration giveUpAfter, Clock clock) {
    this.ended = Objects.requireNonNullElse(state.getEndedAt(), state.getObservedAt());
    this.giveUpAfter = giveUpAfter;
    this.clock = clock;
    this.tryUntil = ended.plus(giveUpAfter);
    begin();
  }

  /** From now on the least is tried; the time until now was not the provider's. */
  void begin() {
    Duration least = giveUpAfter.compareTo(LEAST_TRIED) < 0 ? giveUpAfter : LEAST_TRIED;
    tryUntil = later(tryUntil, clock.instant().plus(least));
  }

  /** Whether this failure is the last. */
  boolean endsWith(RuntimeException failure) {
    if (concernsUs(failure) && clock.instant().isBefore(ended.plus(KEPT_BY_PROVIDER))) {
      begin();
      return false;
    }
    return !clock.instant().isBefore(tryUntil);
  }

  /** Whether a person of ours must mend it. A file that is gone may be a 403 too. */
  static boolean concernsUs(RuntimeException failure) {
    return failure instanceof ProviderException e
        && (e.keyIsWrong()
            || (e.kind() == ProviderException.Kind.REFUSED
                && (e.code() == 401 || e.code() == 403)));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
