package io.promptferry.collector.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.Outcome;
import io.promptferry.schemas.ErrorReason;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Outcome.Answered HALF = new Outcome.Answered("half", "{}", "STOP", null);
  private static final Outcome.Answered CUT =
      new Outcome.Answered("half", "{}", "MAX_TOKENS", null);

  @Test
  void anAnswerIsDeliveredWhateverTheTime() {
    assertThat(policy(Map.of()).decide(HALF, sent(9, NOW.minusSeconds(1)), NOW)).isSameAs(HALF);
  }

  @ParameterizedTest
  @EnumSource(ErrorReason.class)
  void aFailureIsTriedAgainOrNotByTheFateOfItsReason(ErrorReason reason) {
    Outcome decided = policy(Map.of()).decide(failed(reason, null), sent(1, null), NOW);

    switch (reason.fate()) {
      case TRIED_AGAIN, AS_MISFIT ->
          assertThat(decided)
              .isEqualTo(new Outcome.Retry(failed(reason, null), NOW.plusSeconds(60)));
      case FINAL, FINAL_BY_DEFAULT, AS_CUT_OFF ->
          assertThat(decided).isEqualTo(failed(reason, null));
    }
  }

  @Test
  void aFileThatIsGoneIsNotAskedForAgainUnlessConfigured() {
    Outcome.Failed gone = failed(ErrorReason.NO_ACCESS, null);

    assertThat(decide(policy(Map.of()), ErrorReason.NO_ACCESS, 1)).isEqualTo(gone);
    assertThat(decide(policy(Map.of("retry.reasons", "NO_ACCESS")), ErrorReason.NO_ACCESS, 1))
        .isInstanceOf(Outcome.Retry.class);
  }

  @Test
  void whichReasonsAreTriedAgainIsConfigured() {
    RetryPolicy policy = policy(Map.of("retry.reasons", "RECITATION,NO_RESULT"));

    assertThat(decide(policy, ErrorReason.RECITATION, 1)).isInstanceOf(Outcome.Retry.class);
    assertThat(decide(policy, ErrorReason.NO_RESULT, 1)).isInstanceOf(Outcome.Retry.class);
    assertThat(decide(policy, ErrorReason.MODEL_ERROR, 1))
        .isEqualTo(failed(ErrorReason.MODEL_ERROR, null));
  }

  @Test
  void theLastAttemptIsFinalAndSaysHowManyThereWere() {
    RetryPolicy policy = policy(Map.of("retry.max.attempts", "3"));
    Outcome.Failed found = new Outcome.Failed(ErrorReason.MODEL_ERROR, 14, "busy", HALF);

    assertThat(policy.decide(found, sent(2, null), NOW)).isInstanceOf(Outcome.Retry.class);
    assertThat(policy.decide(found, sent(3, null), NOW))
        .isEqualTo(
            new Outcome.Failed(
                ErrorReason.MODEL_ERROR,
                14,
                "busy; it was sent 3 times, retry.max.attempts=3",
                HALF));
    assertThat(policy(Map.of("retry.max.attempts", "1")).decide(found, sent(1, null), NOW))
        .extracting(outcome -> ((Outcome.Failed) outcome).message())
        .isEqualTo("busy; it was sent once, retry.max.attempts=1");
    assertThat(policy.decide(found, sent(7, null), NOW))
        .as("lowered")
        .isInstanceOf(Outcome.Failed.class);
  }

  @ParameterizedTest
  @CsvSource({"61, true", "60, false", "59, false", "0, false", "-1, false"})
  void noAttemptBeginsAtTheDeadlineOrLater(long seconds, boolean again) {
    Instant deadline = NOW.plusSeconds(seconds);
    Outcome decided =
        policy(Map.of()).decide(failed(ErrorReason.NO_RESULT, null), sent(1, deadline), NOW);

    if (again) {
      assertThat(decided).isInstanceOf(Outcome.Retry.class);
    } else {
      assertThat(((Outcome.Failed) decided).reason()).isEqualTo(ErrorReason.NO_RESULT);
      assertThat(((Outcome.Failed) decided).message())
          .contains("sent once", "deadline " + deadline);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.0, 60000",
    "2, 0.0, 120000",
    "3, 0.0, 240000",
    "4, 0.0, 300000",
    "19, 0.0, 300000",
    "1, 1.0, 48000",
    "4, 0.5, 270000",
  })
  void theWaitDoublesUpToTheLongestAndLeavesSomeOut(int attempt, double jitter, long millis) {
    var settings = settings(Map.of("retry.max.attempts", "20", "retry.longest.ms", "300000"));
    Outcome decided =
        new RetryPolicy(settings, () -> jitter)
            .decide(failed(ErrorReason.NO_RESULT, null), sent(attempt, null), NOW);

    assertThat(decided)
        .isEqualTo(new Outcome.Retry(failed(ErrorReason.NO_RESULT, null), NOW.plusMillis(millis)));
  }

  @ParameterizedTest
  @CsvSource({
    // The found reason, the settings, and what is done at the first and at the last attempt.
    "ANSWER_CUT_OFF,  answer, retry,  ANSWER, ANSWER",
    "ANSWER_CUT_OFF,  retry,  answer, RETRY,  FAIL",
    "ANSWER_CUT_OFF,  answer, fail,   ANSWER, ANSWER",
    "EMPTY_CUT_OFF,   answer, answer, FAIL,   FAIL",
    "EMPTY_CUT_OFF,   retry,  answer, RETRY,  FAIL",
    "ANSWER_NOT_JSON, answer, answer, ANSWER, ANSWER",
    "ANSWER_NOT_JSON, retry,  answer, RETRY,  FAIL",
    "ANSWER_NOT_JSON, answer, retry,  RETRY,  FAIL",
    "ANSWER_NOT_JSON, answer, fail,   FAIL,   FAIL",
    "ANSWER_MISFIT,   answer, retry,  RETRY,  FAIL",
    "ANSWER_MISFIT,   retry,  fail,   FAIL,   FAIL",
  })
  void halfGoodAnswersAreTreatedAsConfigured(
      ErrorReason reason, String cutOff, String misfit, Treatment first, Treatment last) {
    RetryPolicy policy = policy(Map.of("answer.cut.off", cutOff, "answer.misfit", misfit));
    Outcome.Failed found = failed(reason, CUT);

    assertThat(done(policy.decide(found, sent(1, null), NOW))).isEqualTo(first);
    assertThat(done(policy.decide(found, sent(3, null), NOW))).isEqualTo(last);
  }

  @Test
  void aMisfitThatIsWholeHasNothingToDoWithCutOffs() {
    RetryPolicy policy = policy(Map.of("answer.cut.off", "retry", "answer.misfit", "answer"));

    assertThat(policy.decide(failed(ErrorReason.ANSWER_MISFIT, HALF), sent(1, null), NOW))
        .isSameAs(HALF);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1000, true", "1001, false"})
  void whatIsTooOldIsAnsweredWithTheReasonOfItsLastAttempt(long age, boolean again) {
    RetryPolicy policy = policy(Map.of("retry.max.age.ms", "1000"));
    var found = new Outcome.Failed(ErrorReason.MODEL_ERROR, 14, "busy", HALF);
    Outcome decided =
        policy.decide(found, new RetryPolicy.Sent(2, NOW.minusMillis(age), null), NOW);

    if (again) {
      assertThat(decided).isInstanceOf(Outcome.Retry.class);
    } else {
      assertThat(decided)
          .isEqualTo(
              new Outcome.Failed(
                  ErrorReason.MODEL_ERROR,
                  14,
                  "busy; it was sent 2 times, and was written longer ago than retry.max.age.ms=1000",
                  HALF));
    }
  }

  @Test
  void whatIsTooOldIsNoPartOfADividedBatch() {
    RetryPolicy policy = policy(Map.of("retry.max.age.ms", "1000"));
    var parted = new Outcome.Parted(4, true, 3);
    var young = new RetryPolicy.Sent(9, NOW.minusMillis(1000), null);
    var old = new RetryPolicy.Sent(1, NOW.minusMillis(1001), null);

    assertThat(policy.decide(parted, young, NOW)).isSameAs(parted);
    assertThat(policy.decide(parted, old, NOW))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(ErrorReason.NOT_ISOLATED);
              assertThat(failed.code()).isEqualTo(3);
              assertThat(failed.message()).contains("retry.max.age.ms=1000");
            });
  }

  @Test
  void anAnswerIsDeliveredHoweverOldItsPrompt() {
    RetryPolicy policy = policy(Map.of("retry.max.age.ms", "1", "answer.misfit", "answer"));
    var old = new RetryPolicy.Sent(1, Instant.EPOCH, null);

    assertThat(policy.decide(CUT, old, NOW)).isSameAs(CUT);
    assertThat(policy.decide(failed(ErrorReason.ANSWER_MISFIT, HALF), old, NOW)).isSameAs(HALF);
    assertThat(policy.decide(failed(ErrorReason.SAFETY, HALF), old, NOW))
        .isEqualTo(failed(ErrorReason.SAFETY, HALF));
  }

  private static RetryPolicy.Sent sent(int attempt, @Nullable Instant deadline) {
    return new RetryPolicy.Sent(attempt, NOW, deadline);
  }

  private static Treatment done(Outcome outcome) {
    if (outcome instanceof Outcome.Failed failed) {
      assertThat(failed.answer()).as("what came is kept").isSameAs(CUT);
      return Treatment.FAIL;
    }
    return outcome instanceof Outcome.Retry ? Treatment.RETRY : Treatment.ANSWER;
  }

  private static Outcome decide(RetryPolicy policy, ErrorReason reason, int attempt) {
    return policy.decide(failed(reason, null), sent(attempt, null), NOW);
  }

  private static Outcome.Failed failed(ErrorReason reason, Outcome.@Nullable Answered answer) {
    return new Outcome.Failed(reason, null, "no", answer);
  }

  private static RetryPolicy policy(Map<String, String> values) {
    return new RetryPolicy(settings(values), () -> 0);
  }

  private static RetrySettings settings(Map<String, String> values) {
    return RetrySettings.from(
        new AbstractConfig(RetrySettings.define(new ConfigDef()), new HashMap<>(values), false));
  }
}
