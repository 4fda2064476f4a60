package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.CompatibilityChecker;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two public records against every version that was published: FULL_TRANSITIVE, and no symbol
 * of an enum lost.
 */
class CompatibilityTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"PromptEvent", "PromptResponse"})
  void allVersionsReadEachOther(String record) {
    assertThat(problems(record, new Schema.Parser().parse(SchemaFiles.text(record)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PromptEvent", "PromptResponse"})
  void theLatestVersionIsInTheBaseline(String record) {
    List<Schema> baseline = SchemaFiles.baseline(record);
    Schema current = new Schema.Parser().parse(SchemaFiles.text(record));
    assertThat(SchemaNormalization.toParsingForm(baseline.get(baseline.size() - 1)))
        .as(
            "%s has changed: copy it to src/test/resources/baseline/%s-v%d.avsc",
            record, record, baseline.size() + 1)
        .isEqualTo(SchemaNormalization.toParsingForm(current));
  }

  @Test
  void noBaselineFileIsPassedOver() {
    assertThat(SchemaFiles.baselines())
        .isEqualTo(
            SchemaFiles.baseline("PromptEvent").size()
                + SchemaFiles.baseline("PromptResponse").size());
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        row(
            "a field without default added",
            "PromptEvent",
            event -> fields(event).addObject().put("name", "mood").put("type", "string")),
        row(
            "a field removed that had no default",
            "PromptResponse",
            response -> remove(fields(response), "promptedAt")),
        row(
            "a nested field removed that had no default",
            "PromptResponse",
            response -> {
              JsonNode error = field(fields(response), "error").get("type").get(1);
              remove((ArrayNode) error.get("fields"), "reason");
            }),
        row(
            "a type changed",
            "PromptEvent",
            event -> field(fields(event), "id").put("type", "long").put("default", 0)),
        row(
            "a type widened, which only the new can read",
            "PromptResponse",
            response -> field(fields(response), "attempt").put("type", "long")),
        row(
            "null taken away",
            "PromptEvent",
            event -> field(fields(event), "model").put("type", "string").put("default", "")),
        row(
            "a field renamed",
            "PromptResponse",
            response -> field(fields(response), "id").put("name", "name")),
        row(
            "an enum symbol removed",
            "PromptResponse",
            response -> ((ArrayNode) status(response).get("symbols")).remove(0)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefused(String name, String record, Consumer<ObjectNode> change) {
    assertThat(problems(record, changed(record, change))).isNotEmpty();
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        row(
            "a field with a default added",
            "PromptEvent",
            event ->
                fields(event)
                    .addObject()
                    .put("name", "mood")
                    .put("type", "string")
                    .put("default", "")),
        row(
            "a field removed that had a default",
            "PromptEvent",
            event -> remove(fields(event), "replyTo")),
        row("a doc changed", "PromptEvent", event -> event.put("doc", "Something else.")),
        row(
            "an enum symbol added, which older readers take for the default",
            "PromptResponse",
            response -> ((ArrayNode) status(response).get("symbols")).add("LOST")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void isAccepted(String name, String record, Consumer<ObjectNode> change) {
    assertThat(problems(record, changed(record, change))).isEmpty();
  }

  private static List<String> problems(String record, Schema current) {
    List<Schema> baseline = SchemaFiles.baseline(record);
    assertThat(baseline).isNotEmpty();
    var problems =
        new ArrayList<>(
            CompatibilityChecker.FULL_TRANSITIVE_CHECKER.isCompatible(
                new AvroSchema(current), baseline.stream().map(AvroSchema::new).toList()));
    // Avro lets a symbol go where the enum has a default: an old SUCCEEDED would read as FAILED.
    for (Schema old : baseline) {
      var lost = new ArrayList<>(symbols(old));
      lost.removeAll(symbols(current));
      problems.addAll(lost);
    }
    return problems;
  }

  private static List<String> symbols(Schema schema) {
    return switch (schema.getType()) {
      case ENUM -> schema.getEnumSymbols();
      case RECORD ->
          schema.getFields().stream().flatMap(field -> symbols(field.schema()).stream()).toList();
      case UNION -> schema.getTypes().stream().flatMap(type -> symbols(type).stream()).toList();
      case ARRAY -> symbols(schema.getElementType());
      case MAP -> symbols(schema.getValueType());
      default -> List.of();
    };
  }

  private static Schema changed(String record, Consumer<ObjectNode> change) {
    try {
      var schema = (ObjectNode) JSON.readTree(SchemaFiles.text(record));
      change.accept(schema);
      return new Schema.Parser().parse(schema.toString());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ArrayNode fields(ObjectNode record) {
    return (ArrayNode) record.get("fields");
  }

  private static ObjectNode field(ArrayNode fields, String name) {
    for (JsonNode field : fields) {
      if (field.get("name").asText().equals(name)) {
        return (ObjectNode) field;
      }
    }
    throw new AssertionError("no field " + name);
  }

  private static void remove(ArrayNode fields, String name) {
    ObjectNode gone = field(fields, name);
    fields.removeIf(gone::equals);
  }

  private static ObjectNode status(ObjectNode response) {
    return (ObjectNode) field(fields(response), "status").get("type");
  }

  private static Arguments row(String name, String record, Consumer<ObjectNode> change) {
    return arguments(name, record, change);
  }
}
