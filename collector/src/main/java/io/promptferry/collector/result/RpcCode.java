package io.promptferry.collector.result;

import io.promptferry.schemas.ErrorReason;
import java.util.Locale;
import java.util.Optional;

/**
 * A google.rpc code, and why a prompt failed whose line has it. Retried are those that speak of the
 * service and not of the prompt (google/rpc/code.proto). Two are judged for this use: DATA_LOSS
 * loses an answer that another attempt makes anew, and UNAUTHENTICATED speaks of a key, which
 * people replace.
 */
public enum RpcCode {
  OK(0, ErrorReason.BAD_RESULT),
  CANCELLED(1, ErrorReason.MODEL_ERROR),
  UNKNOWN(2, ErrorReason.MODEL_ERROR),
  INVALID_ARGUMENT(3, ErrorReason.REQUEST_REFUSED),
  DEADLINE_EXCEEDED(4, ErrorReason.MODEL_ERROR),
  NOT_FOUND(5, ErrorReason.NO_ACCESS),
  ALREADY_EXISTS(6, ErrorReason.REQUEST_REFUSED),
  PERMISSION_DENIED(7, ErrorReason.NO_ACCESS),
  RESOURCE_EXHAUSTED(8, ErrorReason.QUOTA_EXCEEDED),
  FAILED_PRECONDITION(9, ErrorReason.REQUEST_REFUSED),
  ABORTED(10, ErrorReason.MODEL_ERROR),
  OUT_OF_RANGE(11, ErrorReason.REQUEST_REFUSED),
  UNIMPLEMENTED(12, ErrorReason.REQUEST_REFUSED),
  INTERNAL(13, ErrorReason.MODEL_ERROR),
  UNAVAILABLE(14, ErrorReason.MODEL_ERROR),
  DATA_LOSS(15, ErrorReason.MODEL_ERROR),
  UNAUTHENTICATED(16, ErrorReason.KEY_REFUSED);

  private final int number;
  private final ErrorReason reason;

  RpcCode(int number, ErrorReason reason) {
    this.number = number;
    this.reason = reason;
  }

  /** Why a prompt failed whose line has this code. */
  public ErrorReason reason() {
    return reason;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /**
   * The code of a number of google.rpc, or of an HTTP status, which stands in its place at times.
   */
  public static Optional<RpcCode> of(long number) {
    for (RpcCode code : values()) {
      if (code.number == number) {
        return Optional.of(code);
      }
    }
    return number >= 200 && number < 600 ? ofHttp((int) number) : Optional.empty();
  }

  /** The code of a name, RESOURCE_EXHAUSTED, or of a number in digits. */
  public static Optional<RpcCode> of(String text) {
    if (text.matches("\\d{1,9}")) {
      return of(Long.parseLong(text));
    }
    String name = text.toUpperCase(Locale.ROOT);
    for (RpcCode code : values()) {
      if (code.name().equals(name)) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }

  /** As google/api's gateways map them, and for the rest by their hundreds. */
  private static Optional<RpcCode> ofHttp(int status) {
    return switch (status) {
      case 200 -> Optional.of(OK);
      case 401 -> Optional.of(UNAUTHENTICATED);
      case 403 -> Optional.of(PERMISSION_DENIED);
      case 404, 410 -> Optional.of(NOT_FOUND);
      case 408, 504 -> Optional.of(DEADLINE_EXCEEDED);
      case 409 -> Optional.of(ABORTED);
      case 412 -> Optional.of(FAILED_PRECONDITION);
      case 416 -> Optional.of(OUT_OF_RANGE);
      case 429 -> Optional.of(RESOURCE_EXHAUSTED);
      case 499 -> Optional.of(CANCELLED);
      case 501 -> Optional.of(UNIMPLEMENTED);
      case 502, 503 -> Optional.of(UNAVAILABLE);
      default ->
          status < 400 ? Optional.empty() : Optional.of(status < 500 ? INVALID_ARGUMENT : INTERNAL);
    };
  }
}
