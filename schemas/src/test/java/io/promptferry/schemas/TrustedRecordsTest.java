package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.PromptEvent;
import java.net.URI;
import org.apache.avro.LogicalTypes;
import org.apache.avro.util.ClassSecurityValidator;
import org.junit.jupiter.api.Test;

class TrustedRecordsTest {

  @Test
  void recordsCanBeBuiltWithoutASystemProperty() {
    assertThat(System.getProperty("org.apache.avro.SERIALIZABLE_PACKAGES")).isNull();
    assertThat(PromptEvent.newBuilder().setPrompt("why?").build().getParts()).isEmpty();
  }

  @Test
  void nothingElseIsTrusted() {
    assertThat(LogicalTypes.getCustomRegisteredTypes()).containsKey("promptferry-none");
    ClassSecurityValidator.validate(PromptEvent.class);
    assertThatThrownBy(() -> ClassSecurityValidator.validate(URI.class))
        .isInstanceOf(SecurityException.class);
  }
}
