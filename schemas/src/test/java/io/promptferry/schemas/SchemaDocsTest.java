package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The schemas are the contract's text: what has no doc is not agreed on. */
class SchemaDocsTest {

  private final Set<String> seen = new HashSet<>();
  private final List<String> silent = new ArrayList<>();

  @Test
  void everyRecordEnumAndFieldHasADoc() {
    SchemaFiles.byName().values().forEach(this::walk);
    assertThat(silent).isEmpty();
    assertThat(seen)
        .contains(
            "PromptEvent", "Part", "GenerationSettings", "Status", "Totals", "Lane", "Attempt")
        .hasSizeGreaterThan(15);
  }

  private void walk(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        if (named(schema)) {
          for (Schema.Field field : schema.getFields()) {
            require(schema.getName() + "." + field.name(), field.doc());
            walk(field.schema());
          }
        }
      }
      case ENUM -> named(schema);
      case ARRAY -> walk(schema.getElementType());
      case MAP -> walk(schema.getValueType());
      case UNION -> schema.getTypes().forEach(this::walk);
      default -> {}
    }
  }

  /** Whether it was seen for the first time. */
  private boolean named(Schema schema) {
    require(schema.getName(), schema.getDoc());
    return seen.add(schema.getName());
  }

  private void require(String name, @Nullable String doc) {
    if (doc == null || doc.isBlank()) {
      silent.add(name);
    }
  }
}
