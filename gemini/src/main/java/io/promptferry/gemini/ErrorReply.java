package io.promptferry.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * An error as the API words it: {@code {"error":{"code":…,"message":…,"status":…,"details":[…]}}}.
 *
 * @param call method and path, without the query, which may hold an upload's secret id
 * @param reason the {@code google.rpc.ErrorInfo} reason among the details; may be empty
 * @param retryAfter from the header, else from {@code google.rpc.RetryInfo}
 */
record ErrorReply(
    String call,
    int code,
    String status,
    String message,
    String reason,
    @Nullable Duration retryAfter) {

  private static final int MAX_MESSAGE = 400;

  static ErrorReply of(Response response, String body) {
    JsonNode error = error(body);
    String reason = "";
    String retryDelay = "";
    for (JsonNode detail : error.path("details")) {
      reason = detail.path("reason").asText(reason);
      retryDelay = detail.path("retryDelay").asText(retryDelay);
    }
    Duration fromHeader = retryAfter(response);
    return new ErrorReply(
        response.request().method() + " " + response.request().url().encodedPath(),
        response.isSuccessful() ? error.path("code").asInt() : response.code(),
        error.path("status").asText(response.isSuccessful() ? "" : response.message()),
        error.path("message").asText(""),
        reason,
        fromHeader != null ? fromHeader : protobufDuration(retryDelay));
  }

  ProviderException toException(String apiKey) {
    String hint = hint();
    String told = (code + " " + status).strip() + (message.isBlank() ? "" : ": " + message);
    String line = hint.isEmpty() ? call + ": " + told : hint + " (" + call + ": " + told + ")";
    line = line.replace(apiKey, "[hidden]").replaceAll("\\s+", " ");
    line = line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "…" : line;
    return new ProviderException(kind(), code, status, line, retryAfter, null, keyIsWrong());
  }

  private Kind kind() {
    if (code == 429) {
      return Kind.BUSY;
    }
    // Gemini answers 403 for a file that is gone, so as not to tell which files there are.
    if (code == 404 || (code == 403 && message.contains("may not exist"))) {
      return Kind.NOT_FOUND;
    }
    // 408 and 499 are 4xx by number, but tell of a call that broke off half-way.
    if (code == 408 || code == 499 || code >= 500 || code < 300) {
      return Kind.UNKNOWN;
    }
    return Kind.REFUSED;
  }

  private String hint() {
    if (keyIsWrong()) {
      return "the API key is not valid, set gemini.api.key or the account's file in gemini.keys.dir";
    }
    if (kind() != Kind.REFUSED) {
      return "";
    }
    return switch (code) {
      case 301, 302, 303, 307, 308 -> "redirected, check gemini.base.url";
      case 403 -> "not permitted, check that the API key may use this API";
      case 409 -> "the name is taken, use another one";
      default -> "";
    };
  }

  /** An invalid key is mostly a 400 with that reason, not a 401. */
  private boolean keyIsWrong() {
    return code == 401
        || reason.equals("API_KEY_INVALID")
        || (code == 400 && message.toLowerCase(Locale.ROOT).contains("api key not valid"));
  }

  private static JsonNode error(String body) {
    try {
      JsonNode reply = Json.MAPPER.readTree(body);
      return (reply.isArray() ? reply.path(0) : reply).path("error");
    } catch (IOException e) {
      return MissingNode.getInstance(); // A proxy's page: only the status code says anything.
    }
  }

  private static @Nullable Duration retryAfter(Response response) {
    String value = response.header("Retry-After", "");
    if (value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    // A date is measured against the server's own clock, which saves asking ours.
    Instant until = response.headers().getInstant("Retry-After");
    Instant now = response.headers().getInstant("Date");
    return until == null || now == null || until.isBefore(now)
        ? null
        : Duration.between(now, until);
  }

  /** {@code "34.5s"}, as protobuf writes durations in JSON. */
  private static @Nullable Duration protobufDuration(String value) {
    try {
      return value.matches("\\d.*s") ? Duration.parse("PT" + value) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
