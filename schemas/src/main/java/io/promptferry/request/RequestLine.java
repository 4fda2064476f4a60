package io.promptferry.request;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.ErrorReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Renders a prompt as a line of an input file: {@code {"key":…,"request":{…}}}, UTF-8, with no line
 * feed but the one at its end, whatever the prompt holds.
 */
public final class RequestLine {

  // As doubles, large numbers in a schema would turn into "Infinity".
  static final ObjectMapper JSON =
      new ObjectMapper(RawRequest.FACTORY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /** Validation let something pass that cannot be written. */
  public static final class UnrenderableException extends IllegalArgumentException {

    private final ErrorReason reason;

    private UnrenderableException(ErrorReason reason, Throwable cause) {
      super(
          (reason == ErrorReason.BAD_REQUEST ? "request" : "responseJsonSchema")
              + " cannot be written as JSON: mend it, or nest it less deeply",
          cause);
      this.reason = reason;
    }

    /** What the prompt is to be answered with. */
    public ErrorReason reason() {
      return reason;
    }
  }

  /** Where a batch holds prompts of several topics, their keys begin with a topic's number. */
  private static final int TOPIC_NUMBER_BYTES = 5;

  private RequestLine() {}

  /**
   * The most bytes that the prompt's line takes, whatever batch it is in. Rendered and thrown away:
   * the only exact measure of it.
   *
   * @throws UnrenderableException as {@link #render}
   */
  public static int bound(int partition, long offset, PromptEvent event) {
    return render(partition + "-" + offset, event).length + TOPIC_NUMBER_BYTES;
  }

  /**
   * The line with its line feed.
   *
   * @param event one that passed {@link io.promptferry.schemas.PromptValidation}
   * @throws UnrenderableException when the event's schema or request is not JSON, which validation
   *     refuses, or nested too deeply; its message is one line without content
   */
  public static byte[] render(String key, PromptEvent event) {
    var line = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(line)) {
      out.writeStartObject();
      out.writeStringField("key", key);
      out.writeFieldName("request");
      if (event.getRequest() == null) {
        JSON.writeTree(out, SimpleRequest.of(event));
      } else {
        RawRequest.copy(event.getRequest(), out);
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UnrenderableException(
          event.getRequest() == null ? ErrorReason.BAD_SCHEMA : ErrorReason.BAD_REQUEST, e);
    }
    line.write('\n');
    return line.toByteArray();
  }
}
