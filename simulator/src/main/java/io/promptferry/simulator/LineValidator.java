package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Decides whether a line of an input file is one that the service would take. */
final class LineValidator {
  private static final String JSON = "application/json";
  private static final String ENUM = "text/x.enum";

  private final FieldTable table = FieldTable.load();

  /**
   * Checks a line.
   *
   * @return its key
   * @throws InvalidFile if it fails its job
   */
  String check(int number, byte[] line) throws InvalidFile, IOException {
    String key;
    try (JsonParser json = Json.MAPPER.createParser(line)) {
      key = envelope(new MessageCheck(table, json, number), json);
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
      throw InvalidFile.json(number, column, e.getOriginalMessage().replaceAll("\\s+", " "));
    }
    if (key == null) {
      throw InvalidFile.line(number, "no key (the simulator's own rule: answers go by key)");
    }
    schema(number, Json.MAPPER.readTree(line).path("request"));
    return key;
  }

  /**
   * Checks a request by itself.
   *
   * @throws InvalidFile as if it stood alone on line 1
   */
  void checkRequest(JsonNode request) throws InvalidFile, IOException {
    try (JsonParser json = Json.MAPPER.createParser(Json.MAPPER.writeValueAsBytes(request))) {
      json.nextToken();
      new MessageCheck(table, json, 1).message(FieldTable.ROOT, "request");
    }
    schema(1, request);
  }

  private static @Nullable String envelope(MessageCheck check, JsonParser json)
      throws IOException, InvalidFile {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw check.error("expected an object with key and request");
    }
    String key = null;
    boolean request = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (name.equals("key")) {
        key = json.nextTextValue();
        if (key == null) {
          throw check.error("invalid value for field 'key' of type string");
        }
      } else if (name.equals("request")) {
        json.nextToken();
        check.message(FieldTable.ROOT, name);
        request = true;
      } else {
        throw check.error("no such field: '" + name + "'");
      }
    }
    if (json.nextToken() != null) {
      throw check.error("more than one JSON value on the line");
    }
    if (!request) {
      throw check.error("no field 'request'");
    }
    return key;
  }

  private static void schema(int number, JsonNode request) throws InvalidFile {
    JsonNode config = Json.get(request, "generationConfig");
    boolean openApi = !Json.get(config, "responseSchema").isMissingNode();
    boolean jsonSchema = !ResponseSchema.jsonSchema(config).isMissingNode();
    if (openApi && jsonSchema) {
      throw InvalidFile.line(number, "response_schema and response_json_schema exclude each other");
    }
    String mimeType = Json.get(config, "responseMimeType").asText("");
    boolean fits = mimeType.equals(JSON) || (openApi && mimeType.equals(ENUM));
    if ((openApi || jsonSchema) && !fits) {
      throw InvalidFile.line(
          number,
          (openApi ? "response_schema" : "response_json_schema")
              + " needs response_mime_type: '"
              + JSON
              + "'");
    }
  }
}
