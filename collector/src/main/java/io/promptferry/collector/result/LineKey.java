package io.promptferry.collector.result;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The key of a line, read without the line being held: values that are passed over are not kept.
 *
 * @param text empty where there is none
 */
record LineKey(State state, String text) {

  /** What came of looking for it. */
  enum State {
    FOUND,
    /** JSON, but no object with a key that is text. */
    NONE,
    /** Not JSON, as far as it was read. */
    GARBLED,
    /** Nothing but white space. */
    BLANK
  }

  /** None of ours is a tenth as long; without a bound a garbled line could be one key. */
  private static final int LONGEST = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(LONGEST).build())
          .build();

  /** Of a stream that is one line; reads no further than the key. */
  static LineKey of(InputStream line) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        return without(first == null ? State.BLANK : State.NONE);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isKey = parser.currentName().equals("key");
        JsonToken value = parser.nextToken();
        if (isKey && value == JsonToken.VALUE_STRING) {
          return new LineKey(State.FOUND, parser.getText());
        }
        if (isKey) {
          return without(State.NONE);
        }
        parser.skipChildren();
      }
      return without(State.NONE);
    } catch (JsonProcessingException | CharConversionException e) {
      return without(State.GARBLED);
    }
  }

  /** Whether the stream is JSON to its end. */
  static boolean isWhole(InputStream line) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      while (parser.nextToken() != null) {
        // Only its end is looked for.
      }
      return true;
    } catch (JsonProcessingException | CharConversionException e) {
      return false;
    }
  }

  private static LineKey without(State state) {
    return new LineKey(state, "");
  }
}
