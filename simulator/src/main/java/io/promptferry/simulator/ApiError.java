package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A refusal in the form the service gives it. */
final class ApiError extends RuntimeException {
  private final int code;
  private final String status;
  private final @Nullable String reason;

  private ApiError(int code, String status, String message, @Nullable String reason) {
    super(message);
    this.code = code;
    this.status = status;
    this.reason = reason;
  }

  static ApiError invalid(String message) {
    return new ApiError(400, "INVALID_ARGUMENT", message, null);
  }

  static ApiError notFound(String message) {
    return new ApiError(404, "NOT_FOUND", message, null);
  }

  static ApiError denied(String message) {
    return new ApiError(403, "PERMISSION_DENIED", message, null);
  }

  static ApiError alreadyExists(String message) {
    return new ApiError(409, "ALREADY_EXISTS", message, null);
  }

  static ApiError internal(String message) {
    return new ApiError(500, "INTERNAL", message, null);
  }

  /**
   * Past a quota: the service's own words, and which of ours it was. No Retry-After goes with it.
   */
  static ApiError exhausted(String which) {
    return new ApiError(
        429,
        "RESOURCE_EXHAUSTED",
        "Resource has been exhausted (e.g. check quota). " + which,
        null);
  }

  static ApiError unsatisfiable(long size) {
    return new ApiError(
        416, "OUT_OF_RANGE", "The file has " + size + " bytes, and none behind them.", null);
  }

  /** An error that nothing but a fault is the reason of. */
  static ApiError ofStatus(int code) {
    String status =
        switch (code) {
          case 400 -> "INVALID_ARGUMENT";
          case 401 -> "UNAUTHENTICATED";
          case 403 -> "PERMISSION_DENIED";
          case 404 -> "NOT_FOUND";
          case 409 -> "ABORTED";
          case 429 -> "RESOURCE_EXHAUSTED";
          case 500 -> "INTERNAL";
          case 501 -> "UNIMPLEMENTED";
          case 503 -> "UNAVAILABLE";
          case 504 -> "DEADLINE_EXCEEDED";
          default -> "UNKNOWN";
        };
    return new ApiError(code, status, "A fault of the simulator's.", null);
  }

  /** The service answers a bad key with a 400, not a 401. */
  static ApiError apiKeyInvalid() {
    return new ApiError(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        "API_KEY_INVALID");
  }

  int code() {
    return code;
  }

  ObjectNode json() {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error");
    error.put("code", code).put("message", getMessage()).put("status", status);
    if (reason != null) {
      error
          .putArray("details")
          .addObject()
          .put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
          .put("reason", reason)
          .put("domain", "googleapis.com")
          .putObject("metadata")
          .put("service", "generativelanguage.googleapis.com");
    }
    return body;
  }
}
