package io.promptferry.gemini;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** How the API's JSON is read: unknown fields are passed over, numbers may be strings. */
final class Json {

  /** What a record does not name is skipped in the stream, inlined responses of megabytes too. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private Json() {}
}
