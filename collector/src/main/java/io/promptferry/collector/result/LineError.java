package io.promptferry.collector.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.schemas.ErrorReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The error that a result line tells of, under {@code error}, {@code status} or both: an object or
 * a bare code, its code a number or a name of google.rpc or an HTTP status. Read leniently, since
 * users report all of these.
 *
 * @param error missing where the line has none
 * @param status missing where the line has none
 */
record LineError(JsonNode error, JsonNode status) {

  /** A message of any length could make its response too large for Kafka. */
  static final int MESSAGE_LENGTH = 2_000;

  /** What it comes to; nothing where neither field tells of an error. */
  Optional<Outcome.Failed> failed() {
    Integer number = number(error).or(() -> number(status)).orElse(null);
    RpcCode code = Optional.ofNullable(number).flatMap(RpcCode::of).orElse(RpcCode.UNKNOWN);
    if (code == RpcCode.OK || (error.isMissingNode() && saysNothing(status))) {
      return Optional.empty();
    }
    ErrorReason reason = blamesTheKey() ? ErrorReason.KEY_REFUSED : code.reason();
    String message = message(error).or(() -> message(status)).orElse("");
    return Optional.of(new Outcome.Failed(reason, number, told(message, code, number)));
  }

  /** In protobuf's JSON an empty status is OK. */
  private static boolean saysNothing(JsonNode status) {
    return status.isMissingNode() || (status.isObject() && status.isEmpty());
  }

  private static Optional<Integer> number(JsonNode node) {
    if (!node.isObject()) {
      return scalar(node);
    }
    // The name first: beside it the number may be HTTP's, which says less.
    return scalar(node.path("status")).or(() -> scalar(node.path("code")));
  }

  private static Optional<Integer> scalar(JsonNode node) {
    if (node.isTextual()) {
      return RpcCode.of(node.asText()).map(RpcCode::number);
    }
    if (!node.canConvertToInt()) {
      return Optional.empty();
    }
    return Optional.of(RpcCode.of(node.asInt()).map(RpcCode::number).orElse(node.asInt()));
  }

  /** An invalid key is an INVALID_ARGUMENT, told from the others by a detail. */
  private boolean blamesTheKey() {
    for (JsonNode detail : error.path("details")) {
      if (detail.path("reason").asText("").startsWith("API_KEY_")) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> message(JsonNode node) {
    String message = node.isTextual() ? node.asText() : node.path("message").asText("");
    return message.isBlank() ? Optional.empty() : Optional.of(message);
  }

  private static String told(String message, RpcCode code, @Nullable Integer number) {
    if (message.isEmpty()) {
      return "the model gave an error without a message"
          + (number == null || code == RpcCode.UNKNOWN ? "" : ": " + code);
    }
    return message.length() <= MESSAGE_LENGTH
        ? message
        : message.substring(0, MESSAGE_LENGTH) + "…";
  }
}
