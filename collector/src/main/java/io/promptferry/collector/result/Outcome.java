package io.promptferry.collector.result;

import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of one prompt in its job. */
public sealed interface Outcome {

  /**
   * The model answered.
   *
   * @param text the first candidate's text; null where it has none
   * @param raw the response as it came, JSON; null where it was too large to be passed on
   */
  record Answered(
      @Nullable String text,
      @Nullable String raw,
      @Nullable String finishReason,
      @Nullable Usage usage)
      implements Outcome {}

  /**
   * It did not.
   *
   * @param code the google.rpc code, where there is one
   * @param answer what the model gave, where it was of no use
   */
  record Failed(
      ErrorReason reason, @Nullable Integer code, String message, @Nullable Answered answer)
      implements Outcome {

    public Failed(ErrorReason reason, @Nullable Integer code, String message) {
      this(reason, code, message, null);
    }
  }

  /**
   * It did not, and is to be tried again.
   *
   * @param why what a failed answer would say
   * @param notBefore when it may be sent again
   */
  record Retry(Failed why, Instant notBefore) implements Outcome {}

  /**
   * Its job was rejected as a whole, and it is sent again in a part of its batch.
   *
   * @param last whether it is the last prompt of the part
   */
  record Parted(int part, boolean last, @Nullable Integer code) implements Outcome {}
}
