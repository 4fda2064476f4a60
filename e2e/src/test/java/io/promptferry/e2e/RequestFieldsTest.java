package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What a caller may send is what the simulator takes, of which the real service's rules were
 * extracted: one field more here would fail whole jobs, one field less would refuse good prompts.
 */
class RequestFieldsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode messages(String resource) throws IOException {
    try (InputStream in =
        RequestFieldsTest.class.getResourceAsStream("/io/promptferry/" + resource)) {
      return JSON.readTree(in).path("messages");
    }
  }

  private static void add(JsonNode messages, Map<String, Map<String, String>> fields) {
    messages
        .properties()
        .forEach(
            message -> {
              Map<String, String> own =
                  fields.computeIfAbsent(message.getKey(), name -> new TreeMap<>());
              message
                  .getValue()
                  .properties()
                  .forEach(f -> own.put(f.getKey(), f.getValue().asText()));
            });
  }

  @Test
  void thePromptsFieldsAreTheSimulators() throws IOException {
    var ofCallers = new TreeMap<String, Map<String, String>>();
    add(messages("schemas/request-fields.json"), ofCallers);
    var ofSimulator = new TreeMap<String, Map<String, String>>();
    add(messages("simulator/fields.json"), ofSimulator);
    add(messages("simulator/fields-supplement.json"), ofSimulator);

    assertThat(ofCallers).hasSizeGreaterThan(30).isEqualTo(ofSimulator);
  }
}
