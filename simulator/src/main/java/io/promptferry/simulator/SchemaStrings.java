package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** Strings that fit a schema, the first free one being the answer itself. */
final class SchemaStrings {
  private static final Map<String, String> FORMATS =
      Map.of(
          "date-time", "2026-01-01T00:00:00Z",
          "date", "2026-01-01",
          "time", "00:00:00Z",
          "duration", "PT1S",
          "email", "someone@example.com",
          "uri", "https://example.com/",
          "uuid", "00000000-0000-4000-8000-000000000000",
          "hostname", "example.com",
          "ipv4", "192.0.2.1",
          "ipv6", "2001:db8::1");

  private final AnswerText says;
  private boolean said;

  SchemaStrings(AnswerText says) {
    this.says = says;
  }

  String next(JsonNode schema, int variant) {
    String format = FORMATS.get(schema.path("format").asText());
    if (format != null) {
      return format;
    }
    if (schema.has("pattern")) {
      return schema.path("default").asText(schema.path("example").asText(""));
    }
    long most = Json.get(schema, "maxLength").asLong(Long.MAX_VALUE);
    Optional<String> answer = said ? Optional.empty() : says.within(most);
    said |= answer.isPresent();
    String text = answer.orElseGet(() -> shorter(most, variant));
    long least = Json.get(schema, "minLength").asLong(0);
    return text + ".".repeat((int) Math.max(0, Math.min(least, 1 << 20) - text.length()));
  }

  private String shorter(long most, int variant) {
    String text = variant > 0 ? variant + " " + says.extract() : says.extract();
    return AnswerText.cut(text, (int) Math.min(most, 80));
  }
}
