package io.promptferry.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.simulator.FieldTable.FieldType;
import io.promptferry.simulator.FieldTable.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FieldTableTest {
  private static final Set<String> SCALARS =
      Set.of("string", "bytes", "bool", "enum", "double", "float", "int32", "int64");

  private static JsonNode messages(String resource) throws IOException {
    try (InputStream in = FieldTable.class.getResourceAsStream(resource)) {
      return WireClient.JSON.readTree(in).path("messages");
    }
  }

  @Test
  void theSupplementHasOnlyWhatThePublishedDefinitionsLack() throws IOException {
    JsonNode published = messages("fields.json");
    messages("fields-supplement.json")
        .properties()
        .forEach(
            message ->
                message
                    .getValue()
                    .fieldNames()
                    .forEachRemaining(
                        field ->
                            assertThat(published.path(message.getKey()).has(field))
                                .as("%s.%s is published by now", message.getKey(), field)
                                .isFalse()));
  }

  @Test
  void everyTypeIsKnown() throws IOException {
    FieldTable table = FieldTable.load();
    for (String resource : new String[] {"fields.json", "fields-supplement.json"}) {
      messages(resource)
          .forEach(
              message ->
                  message.forEach(
                      type -> {
                        String name = FieldType.parse(type.asText()).type();
                        assertThat(
                                SCALARS.contains(name)
                                    || table.isMessage(name)
                                    || name.startsWith("google.protobuf."))
                            .as(name)
                            .isTrue();
                      }));
    }
  }

  @Test
  void knowsShapes() {
    FieldTable table = FieldTable.load();
    assertThat(table.fields(FieldTable.ROOT))
        .containsEntry("contents", new FieldType(Shape.LIST, "Content"));
    assertThat(table.fields("Schema"))
        .containsEntry("properties", new FieldType(Shape.MAP, "Schema"))
        .containsEntry("any_of", new FieldType(Shape.LIST, "Schema"));
  }
}
