package io.promptferry.simulator.faults;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a line of a result file. A line that is lost or an error is not billed, any other
 * is, once.
 *
 * @param lost not written
 * @param doubled written twice
 * @param garbled cut in half, so that it is not JSON
 * @param empty a response without candidates
 * @param noText a candidate without text
 * @param error an error in the place of the response
 * @param bareCode an error that is a code alone
 * @param status an error that stands under {@code status}
 * @param finishReason the candidate's; MAX_TOKENS leaves half of the text, any other but STOP none
 * @param notInSchema a text that does not fit the schema that was asked for
 * @param huge bytes that the answer's text is made to have
 */
public record LineEffect(
    boolean lost,
    boolean doubled,
    boolean garbled,
    boolean empty,
    boolean noText,
    @Nullable RpcStatus error,
    @Nullable Integer bareCode,
    @Nullable RpcStatus status,
    @Nullable String finishReason,
    boolean notInSchema,
    @Nullable Integer huge)
    implements Effect {
  private static final int HUGEST = 64 << 20;

  /** A line that nothing happens to. */
  public static final LineEffect NONE =
      new LineEffect(false, false, false, false, false, null, null, null, null, false, null);

  @Override
  public void check(Point point) {
    if (equals(NONE)) {
      throw new IllegalArgumentException("say what happens to the line, such as {\"lost\":true}");
    }
    if (huge != null && (huge < 0 || huge > HUGEST)) {
      throw new IllegalArgumentException("huge must be 0 to " + HUGEST + " bytes, not " + huge);
    }
  }

  /** Whether the line is an error, of whatever form. */
  public boolean failed() {
    return error != null || bareCode != null || status != null;
  }
}
