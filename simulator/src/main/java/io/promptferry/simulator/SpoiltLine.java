package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.simulator.faults.LineEffect;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** A line of a result file after a fault was at it, if one was. */
final class SpoiltLine {
  private final byte[] bytes;
  private final int copies;
  private final boolean answered;

  private SpoiltLine(byte[] bytes, int copies, boolean answered) {
    this.bytes = bytes;
    this.copies = copies;
    this.answered = answered;
  }

  void writeTo(OutputStream out) throws IOException {
    for (int copy = 0; copy < copies; copy++) {
      out.write(bytes);
      out.write('\n');
    }
  }

  /** Whether the request has been answered, however badly; a line that is lost answers nothing. */
  boolean billed() {
    return answered && copies > 0;
  }

  /** Whether it counts as an error; a line that is lost does not. */
  boolean failed() {
    return !answered;
  }

  static SpoiltLine of(Answers.Answer answer, LineEffect effect) throws IOException {
    ObjectNode line = answer.line();
    boolean answered = answer.billed() && !effect.failed();
    if (answered) {
      spoil(line, answer.schema(), effect);
    } else if (effect.failed()) {
      fail(line, effect);
    }
    byte[] bytes = Json.MAPPER.writeValueAsBytes(line);
    if (effect.garbled()) {
      bytes = Arrays.copyOf(bytes, bytes.length / 2);
    }
    int copies = effect.lost() ? 0 : effect.doubled() ? 2 : 1;
    return new SpoiltLine(bytes, copies, answered);
  }

  private static void fail(ObjectNode line, LineEffect effect) {
    line.remove("response");
    line.remove("error");
    if (effect.error() != null) {
      line.putPOJO("error", effect.error());
    }
    if (effect.status() != null) {
      line.putPOJO("status", effect.status());
    }
    if (effect.bareCode() != null) {
      line.putObject("error").put("code", effect.bareCode());
    }
  }

  private static void spoil(ObjectNode line, JsonNode schema, LineEffect effect) {
    ObjectNode response = (ObjectNode) line.get("response");
    if (effect.empty()) {
      response.remove("candidates");
      return;
    }
    ObjectNode candidate = (ObjectNode) response.at("/candidates/0");
    ObjectNode part = (ObjectNode) candidate.at("/content/parts/0");
    String text = part.get("text").asText();
    if (effect.notInSchema()) {
      text = unfit(schema);
    }
    if (effect.huge() != null) {
      // White space at its end: JSON stays what it was.
      text += " ".repeat(Math.max(0, effect.huge() - text.length()));
    }
    String reason = effect.finishReason();
    if (reason != null) {
      candidate.put("finishReason", reason);
      text = reason.equals("MAX_TOKENS") ? text.substring(0, text.length() / 2) : text;
    }
    part.put("text", text);
    boolean withheld = reason != null && !reason.equals("STOP") && !reason.equals("MAX_TOKENS");
    if (effect.noText() || withheld) {
      ((ObjectNode) candidate.get("content")).remove("parts");
    }
  }

  /** A value of another type than the schema's; without a schema, plain text. */
  private static String unfit(JsonNode schema) {
    if (schema.isMissingNode()) {
      return "This is not what was asked for.";
    }
    return schema.path("type").asText().equalsIgnoreCase("array") ? "{}" : "[]";
  }
}
