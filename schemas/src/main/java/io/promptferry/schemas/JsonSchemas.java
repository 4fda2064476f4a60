package io.promptferry.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells JSON Schemas from other JSON objects, by the meta-schema of draft 2020-12. That one is read
 * from the validator's jar, and what a schema refers to is not fetched.
 */
public final class JsonSchemas {

  /** An upstream sends one schema with every prompt: those found good are not checked again. */
  static final int REMEMBERED = 256;

  /** Of longer ones none is remembered, so that those remembered take a few megabytes at most. */
  static final int REMEMBERED_LENGTH = 10_000;

  private static final int POINTER_LENGTH = 50;
  private static final int MESSAGE_LENGTH = 170;

  private static final Schema META = meta();
  private static final Set<String> GOOD = ConcurrentHashMap.newKeySet();

  private JsonSchemas() {}

  /**
   * What is wrong with a schema, to be read behind the name of the field: where, and by which rule.
   * Names of the schema's properties may be in it, nothing else of the text.
   */
  public static Optional<String> flaw(String text) {
    if (GOOD.contains(text)) {
      return Optional.empty();
    }
    Optional<String> flaw = check(text);
    if (flaw.isEmpty() && text.length() <= REMEMBERED_LENGTH) {
      remember(text);
    }
    return flaw;
  }

  /** How many schemas it remembers. */
  static int remembered() {
    return GOOD.size();
  }

  private static Optional<String> check(String text) {
    JsonNode tree;
    try {
      tree = JsonText.object(text);
    } catch (JsonText.NoObjectException e) {
      return Optional.of(e.flaw());
    }
    List<Error> errors = META.validate(tree);
    return errors.stream().findFirst().map(JsonSchemas::describe);
  }

  private static void remember(String text) {
    if (GOOD.size() >= REMEMBERED) {
      // Whoever sends so many pays the check now and then; an order of use would cost everybody.
      GOOD.clear();
    }
    GOOD.add(text);
  }

  private static String describe(Error error) {
    String flaw =
        "is no JSON Schema: at %s, %s"
            .formatted(printable(error.getInstanceLocation().toString()), error.getMessage());
    return flaw.length() <= MESSAGE_LENGTH ? flaw : flaw.substring(0, MESSAGE_LENGTH) + "…";
  }

  private static String printable(String pointer) {
    return pointer
        .codePoints()
        .limit(POINTER_LENGTH)
        .map(c -> Character.isLetterOrDigit(c) || (c > ' ' && c < 0x7f) ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Schema meta() {
    Dialect dialect = Dialects.getDraft202012();
    var config = SchemaRegistryConfig.builder().failFast(true).locale(Locale.ENGLISH).build();
    return SchemaRegistry.withDialect(dialect, registry -> registry.schemaRegistryConfig(config))
        .getSchema(SchemaLocation.of(dialect.getId()));
  }
}
