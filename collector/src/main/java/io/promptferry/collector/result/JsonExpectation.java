package io.promptferry.collector.result;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.JsonSchemas;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The text must be JSON and, where there is a schema, fit it. In doubt it fits: what the validator
 * trips over is not the answer's fault, and another answer would not mend it.
 */
final class JsonExpectation implements Expectation {

  static final Expectation JSON = new JsonExpectation(null);

  private static final int RULE_LENGTH = 150;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .failFast(true)
          .locale(Locale.ENGLISH)
          .regularExpressionFactory(BoundedPattern::compile)
          .build();

  private final @Nullable Schema schema;

  private JsonExpectation(@Nullable Schema schema) {
    this.schema = schema;
  }

  /**
   * Compiles a schema of draft 2020-12; nothing that it refers to is fetched. What is none holds
   * nobody but to JSON: one translated from the API's own form may turn out so, and earlier
   * batchers let such requests pass.
   */
  static Expectation fitting(JsonNode schema) {
    // One of another dialect would refuse every answer.
    if (JsonSchemas.flaw(schema.toString()).isPresent()) {
      return JSON;
    }
    try {
      // A registry of its own: two schemas may bear the same $id.
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaRegistryConfig(CONFIG));
      return new JsonExpectation(registry.getSchema(schema));
    } catch (RuntimeException | StackOverflowError e) {
      return JSON;
    }
  }

  @Override
  public Optional<Misfit> misfit(String text) {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return Optional.of(notJson());
    }
    if (tree.isMissingNode()) {
      return Optional.of(notJson());
    }
    return schema == null ? Optional.empty() : check(schema, tree);
  }

  private static Optional<Misfit> check(Schema schema, JsonNode tree) {
    try {
      List<Error> errors = schema.validate(tree);
      return errors.stream().findFirst().map(JsonExpectation::told);
    } catch (RuntimeException | StackOverflowError e) {
      return Optional.empty();
    }
  }

  private static Misfit notJson() {
    return new Misfit(ErrorReason.ANSWER_NOT_JSON, "the answer is not JSON");
  }

  /** The rule, and not the place in the answer, whose names of fields are the model's words. */
  private static Misfit told(Error error) {
    String rule = error.getEvaluationPath().toString().replaceAll("\\p{Cntrl}", "?");
    return new Misfit(
        ErrorReason.ANSWER_MISFIT,
        "the answer breaks its schema's rule "
            + (rule.length() <= RULE_LENGTH ? rule : rule.substring(0, RULE_LENGTH) + "…"));
  }
}
