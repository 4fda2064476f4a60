package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.promptferry.simulator.FieldTable.FieldType;
import io.promptferry.simulator.FieldTable.Shape;
import java.io.IOException;
import java.util.Map;

/** Holds JSON against the fields of a message, as a parser of protobuf's JSON would. */
final class MessageCheck {
  private final FieldTable table;
  private final JsonParser json;
  private final int line;

  MessageCheck(FieldTable table, JsonParser json, int line) {
    this.table = table;
    this.json = json;
    this.line = line;
  }

  /** Reads an object, from its opening brace to its closing one. */
  void message(String type, String field) throws IOException, InvalidFile {
    expect(JsonToken.START_OBJECT, field);
    Map<String, FieldType> fields = table.fields(type);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      FieldType known = fields.get(name);
      if (known == null) {
        throw error("no such field: '" + name + "'");
      }
      json.nextToken();
      value(known, name);
    }
  }

  private void value(FieldType known, String field) throws IOException, InvalidFile {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (known.shape() == Shape.ONE) {
      single(known.type(), field);
    } else if (known.shape() == Shape.LIST) {
      expect(JsonToken.START_ARRAY, field);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        single(known.type(), field);
      }
    } else {
      expect(JsonToken.START_OBJECT, field);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        json.nextToken();
        single(known.type(), field);
      }
    }
  }

  private void single(String type, String field) throws IOException, InvalidFile {
    if (table.isMessage(type)) {
      message(type, field);
      return;
    }
    JsonToken token = json.currentToken();
    boolean fits =
        switch (type) {
          case "google.protobuf.Value" -> true;
          case "google.protobuf.Struct" -> token == JsonToken.START_OBJECT;
          case "bool" -> token.isBoolean();
          case "enum" -> token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT;
          case "double", "float" -> token.isNumeric() || token == JsonToken.VALUE_STRING;
          case "int32", "int64", "uint32", "uint64" -> token.isNumeric() || numberInString(token);
          // string, bytes, Duration, Timestamp, FieldMask
          default -> token == JsonToken.VALUE_STRING;
        };
    if (!fits) {
      throw error("invalid value for field '" + field + "' of type " + type);
    }
    json.skipChildren();
  }

  private boolean numberInString(JsonToken token) throws IOException {
    return token == JsonToken.VALUE_STRING && json.getText().matches("-?[0-9]{1,20}");
  }

  private void expect(JsonToken token, String field) throws InvalidFile {
    if (json.currentToken() != token) {
      throw error(
          "field '"
              + field
              + "' must be "
              + (token == JsonToken.START_ARRAY ? "a list" : "an object"));
    }
  }

  InvalidFile error(String what) {
    return InvalidFile.json(line, json.currentTokenLocation().getColumnNr(), what);
  }
}
