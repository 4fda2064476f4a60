package io.promptferry.collector.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compiled schemas by their text, those used last: an upstream sends one schema with every prompt.
 * Bounded by the length of the texts, since what they compile to grows with it.
 */
final class CompiledSchemas {

  /** How a schema is written. */
  enum Dialect {
    JSON_SCHEMA,
    OPEN_API
  }

  /** Characters of all texts: twenty megabytes once compiled (measured). */
  static final int MAX_CHARACTERS = 1_000_000;

  /** Counted for each schema beside its text: a short one compiles to a few kilobytes as well. */
  static final int OVERHEAD = 2_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Key(Dialect dialect, String text) {
    int weight() {
      return text.length() + OVERHEAD;
    }
  }

  private final LinkedHashMap<Key, Expectation> compiled = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;

  /** What the schema demands; JSON alone where it cannot be compiled. */
  synchronized Expectation get(Dialect dialect, String text) {
    var key = new Key(dialect, text);
    Expectation known = compiled.get(key);
    if (known != null) {
      return known;
    }
    Expectation made = compile(dialect, text);
    compiled.put(key, made);
    weight += key.weight();
    var eldest = compiled.entrySet().iterator();
    while (weight > MAX_CHARACTERS) {
      Map.Entry<Key, Expectation> out = eldest.next();
      weight -= out.getKey().weight();
      eldest.remove();
    }
    return made;
  }

  /** How many are kept. */
  synchronized int size() {
    return compiled.size();
  }

  private static Expectation compile(Dialect dialect, String text) {
    try {
      JsonNode schema = JSON.readTree(text);
      return JsonExpectation.fitting(
          dialect == Dialect.OPEN_API ? OpenApiSchema.toJsonSchema(schema) : schema);
    } catch (JsonProcessingException e) {
      return JsonExpectation.JSON;
    }
  }
}
