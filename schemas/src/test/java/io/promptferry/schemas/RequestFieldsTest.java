package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.promptferry.schemas.RequestFields.FieldType;
import io.promptferry.schemas.RequestFields.Shape;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestFieldsTest {

  private static final Set<String> SCALARS =
      Set.of("string", "bytes", "bool", "enum", "double", "float", "int32", "int64");

  private final RequestFields fields = RequestFields.PUBLISHED;

  @Test
  void knowsTheFieldsOfARequestUnderBothNames() {
    assertThat(fields.of(RequestFields.ROOT))
        .containsEntry("contents", new FieldType(Shape.LIST, "Content"))
        .containsEntry("tools", new FieldType(Shape.LIST, "Tool"))
        .containsEntry("safetySettings", new FieldType(Shape.LIST, "SafetySetting"))
        .containsEntry("safety_settings", new FieldType(Shape.LIST, "SafetySetting"))
        .containsEntry("cachedContent", new FieldType(Shape.ONE, "string"))
        .containsEntry("systemInstruction", new FieldType(Shape.ONE, "Content"));
    assertThat(fields.of("Schema")).containsEntry("properties", new FieldType(Shape.MAP, "Schema"));
  }

  @Test
  void hasWhatThePublishedDefinitionsLack() {
    assertThat(fields.of("ThinkingConfig")).containsKeys("thinkingBudget", "thinkingLevel");
  }

  @Test
  void aPartIsOneThing() {
    assertThat(fields.choices("Part"))
        .singleElement()
        .satisfies(choice -> assertThat(choice).contains("text", "inlineData", "fileData"));
  }

  /** A type that nobody knows would let anything but a text be refused. */
  @Test
  void everyTypeIsKnown() {
    assertThat(fields.messages()).hasSizeGreaterThan(30);
    for (String message : fields.messages()) {
      fields
          .of(message)
          .forEach(
              (name, field) ->
                  assertThat(
                          fields.isMessage(field.type())
                              || SCALARS.contains(field.type())
                              || !ScalarTypes.fits(
                                  field.type(), JsonNodeFactory.instance.textNode("no scalar"))
                              || field.type().equals("google.protobuf.Value"))
                      .as("%s.%s: %s", message, name, field.type())
                      .isTrue());
    }
  }
}
