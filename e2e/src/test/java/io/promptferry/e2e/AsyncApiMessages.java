package io.promptferry.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.collector.response.Overflow;
import io.promptferry.local.run.RunMark;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.SchemaRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The messages of the AsyncAPI document, compared with the schemas and the headers of the code. */
final class AsyncApiMessages {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Stand for every header of the caller's; the last is set by Promptferry's own tools. */
  private static final Set<String> OF_CALLERS = Set.of("traceparent", "tracestate", RunMark.HEADER);

  private final Differences differences;

  AsyncApiMessages(Differences differences) {
    this.differences = differences;
  }

  void prompt(JsonNode message) {
    record(message, PromptEvent.class);
    headers(message, Set.of(HeaderNames.REPLAYS), Set.of());
    differences.compare(
        "reserved headers",
        new TreeSet<>(HeaderNames.RESERVED),
        AsyncApi.elements(message.at("/headers/propertyNames/not/enum"))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  void answer(JsonNode message) {
    record(message, PromptResponse.class);
    var ours = new TreeSet<>(headerNames());
    ours.removeAll(HeaderNames.OF_DEAD_LETTERS);
    headers(message, ours, Set.of(HeaderNames.PROMPT));
    differences.compare(
        "reasons of " + HeaderNames.OVERFLOW,
        Arrays.stream(Overflow.values()).map(Enum::name).collect(Collectors.toSet()),
        AsyncApi.elements(
                message.path("headers").path("properties").path(HeaderNames.OVERFLOW).path("enum"))
            .collect(Collectors.toSet()));
  }

  /** As it came, so without a schema. */
  void deadLetter(JsonNode message) {
    differences.compare("a dead letter has a payload", false, message.has("payload"));
    differences.compare(
        "contentType of a dead letter",
        "application/octet-stream",
        message.path("contentType").asText());
    var always = new TreeSet<>(HeaderNames.OF_DEAD_LETTERS);
    always.removeAll(
        Set.of(
            HeaderNames.SCHEMA_ID,
            HeaderNames.VALUE_BYTES,
            HeaderNames.ENVELOPE,
            HeaderNames.HEADER_BYTES,
            HeaderNames.KEY_BYTES));
    var ours = new TreeSet<>(HeaderNames.OF_DEAD_LETTERS);
    ours.add(HeaderNames.REPLAYS);
    headers(message, ours, always);
  }

  private void record(JsonNode message, Class<?> type) {
    String name = type.getSimpleName();
    differences.compare("name", name, message.path("name").asText());
    String file = message.at("/payload/schema/$ref").asText();
    differences.compare(name + ": schema", "../schemas/src/main/avro/" + name + ".avsc", file);
    Path schema = AsyncApi.DOCS.resolve(file);
    if (Files.isRegularFile(schema)) {
      differences.compare(name + ": full name", type.getName(), fullName(schema));
    }
    differences.compare(
        name + ": schemaFormat",
        "application/vnd.apache.avro;version=1.9.0",
        message.at("/payload/schemaFormat").asText());
    boolean subjectIsRecord =
        SchemaRegistration.subjects().stream().anyMatch(s -> s.name().equals(type.getName()));
    differences.compare(
        name + ": schemaLookupStrategy",
        subjectIsRecord ? "RecordNameStrategy" : "another",
        message.at("/bindings/kafka/schemaLookupStrategy").asText());
    differences.compare(
        name + ": the description names the subject",
        true,
        message.path("description").asText().contains(type.getName()));
  }

  private static String fullName(Path schema) {
    try {
      JsonNode root = JSON.readTree(schema.toFile());
      return root.path("namespace").asText() + "." + root.path("name").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void headers(JsonNode message, Set<String> ours, Set<String> always) {
    String name = message.path("name").asText();
    var expected = new TreeSet<>(ours);
    expected.addAll(OF_CALLERS);
    var said = new TreeSet<String>();
    message.at("/headers/properties").fieldNames().forEachRemaining(said::add);
    differences.compare(name + ": headers", expected, said);
    differences.compare(
        name + ": required headers",
        new TreeSet<>(always),
        AsyncApi.elements(message.at("/headers/required"))
            .collect(Collectors.toCollection(TreeSet::new)));
    differences.compare(name + " has a key", true, message.at("/bindings/kafka").has("key"));
  }

  private static Set<String> headerNames() {
    return Arrays.stream(HeaderNames.class.getFields())
        .filter(field -> field.getType() == String.class)
        .map(AsyncApiMessages::value)
        .collect(Collectors.toSet());
  }

  private static String value(Field constant) {
    try {
      return (String) constant.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(constant + " cannot be read", e);
    }
  }
}
