package io.promptferry.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that a person writes, made a record. By the schema, so that a new field is there at
 * once. Unlike Avro's own JSON: no names of union branches, times in ISO-8601, bytes in Base64; a
 * field that is left out has its default.
 */
final class JsonToRecord {

  /** Hold JSON as text, and may be written as JSON. */
  private static final Set<String> JSON_TEXTS = Set.of("responseJsonSchema", "request");

  private static final SpecificData DATA = SpecificData.get();

  private JsonToRecord() {}

  /**
   * Makes a record.
   *
   * @param beside fields that may stand beside the record's, and have been taken out
   * @throws BadLineException when a field is unknown or has a wrong value; says which
   */
  static <T extends IndexedRecord> T read(ObjectNode json, Class<T> type, List<String> beside)
      throws BadLineException {
    Schema schema = DATA.getSchema(type);
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (schema.getField(field.getKey()) == null) {
        throw unknown(field.getKey(), "line", Stream.concat(beside.stream(), names(schema)));
      }
    }
    return type.cast(record(json, schema, ""));
  }

  private static Stream<String> names(Schema schema) {
    return schema.getFields().stream().map(Schema.Field::name);
  }

  private static BadLineException unknown(String field, String holder, Stream<String> known) {
    return new BadLineException(
        "unknown field '%s': a %s has %s"
            .formatted(field, holder, known.collect(Collectors.joining(", "))));
  }

  private static IndexedRecord record(JsonNode json, Schema schema, String name)
      throws BadLineException {
    require(json.isObject(), name, "an object");
    var record = (IndexedRecord) DATA.newRecord(null, schema);
    for (Schema.Field field : schema.getFields()) {
      if (field.hasDefaultValue()) {
        record.put(field.pos(), DATA.deepCopy(field.schema(), DATA.getDefaultValue(field)));
      }
    }
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      Schema.Field field = schema.getField(entry.getKey());
      if (field == null) {
        throw unknown(below(name) + entry.getKey(), schema.getName(), names(schema));
      }
      String fieldName = below(name) + field.name();
      record.put(field.pos(), value(entry.getValue(), field.schema(), fieldName));
    }
    return record;
  }

  private static @Nullable Object value(JsonNode json, Schema schema, String name)
      throws BadLineException {
    return switch (schema.getType()) {
      case UNION -> json.isNull() ? null : value(json, schema.getTypes().get(1), name);
      case STRING -> text(json, name);
      case INT -> {
        require(json.isIntegralNumber() && json.canConvertToInt(), name, "a whole number");
        yield json.intValue();
      }
      case DOUBLE -> {
        require(json.isNumber(), name, "a number");
        yield json.doubleValue();
      }
      case LONG -> time(json, name);
      case BYTES -> bytes(json, name);
      case ARRAY -> array(json, schema.getElementType(), name);
      case MAP -> map(json, schema.getValueType(), name);
      case RECORD -> record(json, schema, name);
      default -> throw new IllegalStateException("no rule for " + schema.getType());
    };
  }

  private static String text(JsonNode json, String name) throws BadLineException {
    if (json.isObject() && JSON_TEXTS.contains(name)) {
      return json.toString();
    }
    require(json.isTextual(), name, JSON_TEXTS.contains(name) ? "an object" : "a string");
    return json.textValue();
  }

  private static Instant time(JsonNode json, String name) throws BadLineException {
    String wanted = "a time such as 2026-01-31T12:00:00Z";
    require(json.isTextual(), name, wanted);
    try {
      return Instant.parse(json.textValue());
    } catch (DateTimeException e) {
      throw new BadLineException(name + " must be " + wanted);
    }
  }

  private static ByteBuffer bytes(JsonNode json, String name) throws BadLineException {
    require(json.isTextual(), name, "Base64");
    try {
      return ByteBuffer.wrap(Base64.getDecoder().decode(json.textValue()));
    } catch (IllegalArgumentException e) {
      throw new BadLineException(name + " must be Base64");
    }
  }

  private static List<@Nullable Object> array(JsonNode json, Schema element, String name)
      throws BadLineException {
    require(json.isArray(), name, "an array");
    List<@Nullable Object> values = new ArrayList<>();
    for (JsonNode item : json) {
      values.add(value(item, element, name + "[" + values.size() + "]"));
    }
    return values;
  }

  private static Map<String, @Nullable Object> map(JsonNode json, Schema valueSchema, String name)
      throws BadLineException {
    require(json.isObject(), name, "an object");
    Map<String, @Nullable Object> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      values.put(
          entry.getKey(), value(entry.getValue(), valueSchema, below(name) + entry.getKey()));
    }
    return values;
  }

  private static String below(String name) {
    return name.isEmpty() ? "" : name + ".";
  }

  private static void require(boolean good, String name, String wanted) throws BadLineException {
    if (!good) {
      throw new BadLineException((name.isEmpty() ? "the line" : name) + " must be " + wanted);
    }
  }
}
