package io.promptferry.batcher.submit;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The search for the job of one intent: look, delete the input file, wait out the quarantine, look
 * again. Each step that succeeded is not made again after a failure of the next.
 */
final class Inquiry {

  private final Supplier<Doubt> doubt;
  private final Job intent;
  private final String displayName;
  private final Duration quarantine;
  private final Clock clock;

  /** When the last look is believed; null while the input file may still be used. */
  private @Nullable Instant believedFrom;

  /**
   * Begins.
   *
   * @param doubt asked for each step, since the account's key may be another by then
   */
  Inquiry(Supplier<Doubt> doubt, Job intent, String displayName, Duration quarantine, Clock clock) {
    this.doubt = doubt;
    this.intent = intent;
    this.displayName = displayName;
    this.quarantine = quarantine;
    this.clock = clock;
  }

  Job intent() {
    return intent;
  }

  /**
   * What a search has come to: a job, or a time before which it cannot go on, or neither, which is
   * the belief that there is none. One value, so that no clock can pass between the two questions.
   */
  record Finding(Optional<RemoteJob> job, Optional<Instant> notBefore) {}

  /**
   * Goes on with the search.
   *
   * @throws ProviderException when the provider does not answer: ask again
   */
  Finding search() {
    if (believedFrom == null) {
      Optional<RemoteJob> found =
          doubt.get().lookThenFence(displayName, String.valueOf(intent.getFile()));
      if (found.isPresent()) {
        return new Finding(found, Optional.empty());
      }
      believedFrom = clock.instant().plus(quarantine);
    }
    if (clock.instant().isBefore(believedFrom)) {
      return new Finding(Optional.empty(), Optional.of(believedFrom));
    }
    return new Finding(doubt.get().lastLook(displayName), Optional.empty());
  }
}
