package io.promptferry.collector.retry;

import io.promptferry.collector.result.Outcome;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.WaitBound;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what was found of a prompt into what is done about it.
 *
 * @param jitter from 0.0 to 1.0, how much of the wait is left out. Prompts that got the same number
 *     at the same {@code now} come back at the same time, and so can share a slice
 */
public record RetryPolicy(RetrySettings settings, DoubleSupplier jitter) {

  /**
   * A prompt that was sent.
   *
   * @param attempt of the outcome, from 1
   * @param writtenAt when it came into its topic, by the broker's clock
   * @param deadline of the prompt; no attempt begins then or later
   */
  public record Sent(int attempt, Instant writtenAt, @Nullable Instant deadline) {}

  /**
   * What is done: an answer is delivered, at any time; a failure is tried again where its reason,
   * the attempts, the prompt's age and its deadline allow it, and else is final with what came of
   * it. Its age bounds the parts of a divided batch too.
   *
   * @return Answered, Retry, Parted, or Failed: with the reason that was found, or NOT_ISOLATED
   */
  public Outcome decide(Outcome found, Sent sent, Instant now) {
    if (found instanceof Outcome.Parted parted) {
      return isOld(sent, now) ? notIsolated(parted) : parted;
    }
    if (!(found instanceof Outcome.Failed failed)) {
      return found;
    }
    return switch (treatment(failed)) {
      case ANSWER -> failed.answer() == null ? failed : failed.answer();
      case RETRY -> again(failed, sent, now);
      case FAIL -> failed;
    };
  }

  private boolean isOld(Sent sent, Instant now) {
    return now.isAfter(sent.writtenAt().plus(settings.maxAge()));
  }

  private Outcome again(Outcome.Failed failed, Sent prompt, Instant now) {
    int attempt = prompt.attempt();
    Instant deadline = prompt.deadline();
    String sent = "; it was sent " + (attempt == 1 ? "once" : attempt + " times");
    if (attempt >= settings.maxAttempts()) {
      return told(failed, sent + ", " + RetrySettings.MAX_ATTEMPTS + "=" + settings.maxAttempts());
    }
    if (isOld(prompt, now)) {
      return told(failed, sent + ", and was written longer ago than " + maxAge());
    }
    Instant notBefore = now.plus(settings.backoff().after(attempt, jitter.getAsDouble()));
    if (deadline != null && !notBefore.isBefore(deadline)) {
      return told(failed, sent + ", and its deadline " + deadline + " leaves no time for more");
    }
    return new Outcome.Retry(failed, notBefore);
  }

  private Outcome notIsolated(Outcome.Parted parted) {
    return new Outcome.Failed(
        ErrorReason.NOT_ISOLATED,
        parted.code(),
        "a job with this prompt among others was rejected, and it was written longer ago than %s, too long to be sent again to find out which"
            .formatted(maxAge()));
  }

  private String maxAge() {
    return WaitBound.RETRY_MAX_AGE.key() + "=" + settings.maxAge().toMillis();
  }

  private Treatment treatment(Outcome.Failed failed) {
    return switch (failed.reason().fate()) {
      case FINAL -> Treatment.FAIL;
      case FINAL_BY_DEFAULT, TRIED_AGAIN ->
          settings.reasons().contains(failed.reason()) ? Treatment.RETRY : Treatment.FAIL;
      case AS_CUT_OFF -> cutOff(failed);
      case AS_MISFIT ->
          settings.misfit() == Treatment.ANSWER && isCutOff(failed)
              ? cutOff(failed)
              : settings.misfit();
    };
  }

  /** Nothing is no answer, even where half an answer is one. */
  private Treatment cutOff(Outcome.Failed failed) {
    return settings.cutOff() == Treatment.ANSWER && failed.reason() == ErrorReason.EMPTY_CUT_OFF
        ? Treatment.FAIL
        : settings.cutOff();
  }

  private static boolean isCutOff(Outcome.Failed failed) {
    return failed.answer() != null && "MAX_TOKENS".equals(failed.answer().finishReason());
  }

  private static Outcome told(Outcome.Failed failed, String more) {
    return new Outcome.Failed(
        failed.reason(), failed.code(), failed.message() + more, failed.answer());
  }
}
