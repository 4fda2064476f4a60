package io.promptferry.collector.resend;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectionTest {

  private static @Nullable Rejection of(
      String state, @Nullable String resultFile, @Nullable JobError error) {
    return Rejection.of(
        JobState.newBuilder()
            .setBatchId("b1")
            .setState(state)
            .setTerminal(true)
            .setResultFile(resultFile)
            .setError(error)
            .setObservedAt(Instant.EPOCH)
            .build());
  }

  @ParameterizedTest
  @CsvSource({
    "3, 'Error on line 17: invalid JSON, near column 1032', 17",
    "400, LINE 5 is bad, 5",
    "3, no number, -1",
    "3, on baseline 5, -1",
    "3, line 1234567890, -1",
    ", Error on line 2, 2",
  })
  void aFileThatIsRejectedNamesALineOrNone(@Nullable Integer code, String message, long line) {
    assertThat(of("FAILED", null, new JobError(code, message)))
        .isEqualTo(
            new Rejection(code, message, line < 0 ? OptionalLong.empty() : OptionalLong.of(line)));
  }

  /** Such a job is tried again as it is: to divide it would spend jobs and blame somebody. */
  @ParameterizedTest
  @CsvSource({
    "FAILED, 13, Error on line 2",
    "FAILED, 8, quota",
    "FAILED, , out of luck",
    "CANCELLED, 3, Error on line 2",
    "EXPIRED, 3, Error on line 2",
    "SUCCEEDED, 3, Error on line 2",
  })
  void whatEndedOtherwiseIsNoRejection(String state, @Nullable Integer code, String message) {
    assertThat(of(state, null, new JobError(code, message))).isNull();
  }

  @Test
  void aJobThatAnsweredSomethingWasNotRejected() {
    assertThat(of("FAILED", "files/out", new JobError(3, "Error on line 2"))).isNull();
  }

  @Test
  void aFailureWithoutAnErrorIsNoRejection() {
    assertThat(of("FAILED", null, null)).isNull();
  }
}
