package io.promptferry.collector.result;

import static java.util.Map.entry;

import io.promptferry.schemas.ErrorReason;
import java.util.Map;
import java.util.Optional;

/**
 * What a candidate's finishReason means (the Gemini API's and Vertex' enum FinishReason). One that
 * is not known says nothing: Google adds some now and then, and an answer is not to be thrown away
 * and paid for again because of a new word for its end.
 */
final class FinishReasons {

  /** The answer is as long as it may be; what came of it is good. */
  static final String MAX_TOKENS = "MAX_TOKENS";

  /** Those that make no answer of whatever text came. */
  static final Map<String, ErrorReason> FAILURES =
      Map.ofEntries(
          entry("SAFETY", ErrorReason.SAFETY),
          entry("IMAGE_SAFETY", ErrorReason.SAFETY),
          entry("MODEL_ARMOR", ErrorReason.SAFETY),
          entry("RECITATION", ErrorReason.RECITATION),
          entry("IMAGE_RECITATION", ErrorReason.RECITATION),
          entry("PROHIBITED_CONTENT", ErrorReason.PROHIBITED_CONTENT),
          entry("IMAGE_PROHIBITED_CONTENT", ErrorReason.PROHIBITED_CONTENT),
          entry("BLOCKLIST", ErrorReason.PROHIBITED_CONTENT),
          entry("SPII", ErrorReason.PROHIBITED_CONTENT),
          entry("LANGUAGE", ErrorReason.LANGUAGE),
          entry("MALFORMED_FUNCTION_CALL", ErrorReason.MALFORMED_CALL),
          entry("UNEXPECTED_TOOL_CALL", ErrorReason.MALFORMED_CALL),
          entry("TOO_MANY_TOOL_CALLS", ErrorReason.MALFORMED_CALL),
          entry("MISSING_THOUGHT_SIGNATURE", ErrorReason.REQUEST_REFUSED),
          entry("MALFORMED_RESPONSE", ErrorReason.UNFINISHED),
          entry("NO_IMAGE", ErrorReason.UNFINISHED),
          entry("IMAGE_OTHER", ErrorReason.UNFINISHED),
          entry("OTHER", ErrorReason.UNFINISHED));

  private FinishReasons() {}

  static Optional<ErrorReason> failure(String finishReason) {
    return Optional.ofNullable(FAILURES.get(finishReason));
  }
}
