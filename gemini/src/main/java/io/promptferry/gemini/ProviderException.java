package io.promptferry.gemini;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call to the provider that did not succeed. The {@link Kind} says what its caller may conclude;
 * the message is one line, says what to do where that is known, and never holds the API key.
 */
public final class ProviderException extends RuntimeException {

  /** What may be concluded from a call that did not succeed. */
  public enum Kind {
    /** 429: not done, because too much is asked at present. Wait, then ask again. */
    BUSY,
    /**
     * Another 4xx, or a call that was not even sent: certainly not done, and it will not be done
     * the next time either. It concerns us: the key, the project, the model, the request.
     */
    REFUSED,
    /** 404, and the 403 with which Gemini answers for a file that "may not exist". Not done. */
    NOT_FOUND,
    /** 5xx, a time-out, a broken connection, an unreadable reply: it may have been done or not. */
    UNKNOWN
  }

  private final Kind kind;
  private final int code;
  private final String status;
  private final @Nullable Duration retryAfter;
  private final boolean keyIsWrong;

  /**
   * An error as it came over the wire.
   *
   * @param code the HTTP status, 0 where no reply came
   * @param status the provider's name for it, such as {@code RESOURCE_EXHAUSTED}; may be empty
   */
  public ProviderException(Kind kind, int code, String status, String message) {
    this(kind, code, status, message, null, null);
  }

  /** As above, with the wait that the provider asks for and the failure beneath. */
  public ProviderException(
      Kind kind,
      int code,
      String status,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    this(kind, code, status, message, retryAfter, cause, false);
  }

  /** As above, with the word that the API key itself is refused. */
  public ProviderException(
      Kind kind,
      int code,
      String status,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause,
      boolean keyIsWrong) {
    super(message, cause);
    this.kind = kind;
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.keyIsWrong = keyIsWrong;
  }

  static ProviderException refused(String message) {
    return new ProviderException(Kind.REFUSED, 0, "", message);
  }

  /** A call that was not sent, for want of a key. */
  public static ProviderException wrongKey(String message) {
    return new ProviderException(Kind.REFUSED, 0, "", message, null, null, true);
  }

  static ProviderException unknown(String message, @Nullable Throwable cause) {
    return new ProviderException(Kind.UNKNOWN, 0, "", message, null, cause);
  }

  public Kind kind() {
    return kind;
  }

  /** The HTTP status; 0 where no reply came. */
  public int code() {
    return code;
  }

  /** The provider's name for the error, such as {@code RESOURCE_EXHAUSTED}; may be empty. */
  public String status() {
    return status;
  }

  /** How long the provider asks to wait, where it says so; Gemini mostly does not. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the API key is refused, which Gemini tells by a 400 like any other, or is missing. */
  public boolean keyIsWrong() {
    return keyIsWrong;
  }
}
