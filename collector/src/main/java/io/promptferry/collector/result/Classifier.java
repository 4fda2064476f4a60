package io.promptferry.collector.result;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptferry.schemas.ErrorReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a result line means; a pure function of its bytes and of what its prompt asked for.
 * The table of what becomes what is in docs/responses.md.
 */
public final class Classifier {

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      // A line is bounded by collect.line.max.bytes, and in memory already.
                      .maxStringLength(Integer.MAX_VALUE)
                      .build())
              .build());

  private Classifier() {}

  /**
   * What this line says of its prompt. A response with content counts more than an error beside it,
   * an error more than a response without any.
   *
   * @return Answered or Failed, never Retry; a failed one has the answer where there is one, cut
   *     off, misfit or withheld
   */
  public static Outcome classify(byte[] line, Expectation expectation) {
    JsonNode error = MissingNode.getInstance();
    JsonNode status = MissingNode.getInstance();
    ModelResponse hollow = null;
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return unreadable();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("response") && value == JsonToken.START_OBJECT) {
          ModelResponse response = response(line, parser);
          if (response.hasContent()) {
            return response.outcome(expectation);
          }
          hollow = response;
        } else if (value != JsonToken.VALUE_NULL && field.equals("error")) {
          error = parser.readValueAsTree();
        } else if (value != JsonToken.VALUE_NULL && field.equals("status")) {
          status = parser.readValueAsTree();
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return unreadable();
    }
    Optional<Outcome.Failed> failed = new LineError(error, status).failed();
    return failed.isPresent() ? failed.get() : withoutError(hollow, expectation);
  }

  private static Outcome withoutError(@Nullable ModelResponse hollow, Expectation expectation) {
    return hollow == null
        ? new Outcome.Failed(
            ErrorReason.BAD_RESULT, null, "the result line has neither a response nor an error")
        : hollow.outcome(expectation);
  }

  /**
   * Cuts the response out of the line as it came: a round trip through any model of it would lose
   * fields.
   */
  private static ModelResponse response(byte[] line, JsonParser parser) throws IOException {
    long start = parser.currentTokenLocation().getByteOffset();
    JsonNode response = parser.readValueAsTree();
    long end = parser.currentLocation().getByteOffset();
    if (start < 0) {
      // The parser took the line for UTF-16 or UTF-32, where it counts no bytes.
      throw new IOException("not UTF-8");
    }
    return new ModelResponse(
        response, new String(line, (int) start, (int) (end - start), StandardCharsets.UTF_8));
  }

  private static Outcome unreadable() {
    return new Outcome.Failed(ErrorReason.BAD_RESULT, null, "the result line is not valid JSON");
  }
}
