package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import io.promptferry.schemas.PromptValidation.Rejection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PromptValidationTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final String MODEL = "gemini-2.5-flash";

  /** Changes a good event. */
  private interface Change extends UnaryOperator<PromptEvent.Builder> {}

  /** Changes settings of which none is set. */
  private interface Setting extends UnaryOperator<GenerationSettings.Builder> {}

  static Stream<Arguments> good() {
    return Stream.of(
        row("a prompt alone", event -> event),
        row("its own model", event -> event.setModel("gemini-2.5-pro")),
        row("its own model by its whole name", event -> event.setModel("models/gemini-2.5-pro")),
        row("a system instruction", event -> event.setSystem("Be short.")),
        row("a deadline to come", event -> event.setDeadline(NOW.plusMillis(1))),
        row("a schema", event -> event.setResponseJsonSchema("{\"type\":\"object\"}")),
        row(
            "a schema with a whole surrogate pair",
            event -> event.setResponseJsonSchema("{\"title\":\"\\ud83d\\udea2\"}")),
        row("an empty schema", event -> event.setResponseJsonSchema(" {} ")),
        row(
            "a schema and its MIME type",
            event ->
                with(event, settings -> settings.setResponseMimeType("application/json"))
                    .setResponseJsonSchema("{}")),
        row("a MIME type alone", set(settings -> settings.setResponseMimeType("text/x.enum"))),
        row("no settings", set(settings -> settings)),
        row("coldest", set(settings -> settings.setTemperature(0.0))),
        row("hottest", set(settings -> settings.setTemperature(2.0))),
        row("least topP", set(settings -> settings.setTopP(0.0))),
        row("most topP", set(settings -> settings.setTopP(1.0))),
        row("one token", set(settings -> settings.setMaxOutputTokens(1))),
        row(
            "penalties below zero",
            set(settings -> settings.setPresencePenalty(-2.0).setFrequencyPenalty(-2.0))),
        row("least topK", set(s -> s.setTopK(1))),
        row("any seed", set(s -> s.setSeed(Integer.MIN_VALUE))),
        row("five stop sequences", set(s -> s.setStopSequences(List.of("a", "b", " ", "d", "e")))),
        row("no thinking", set(s -> s.setThinkingBudget(0))),
        row("thinking as it likes", set(s -> s.setThinkingBudget(-1))),
        row("plain text", set(s -> s.setResponseMimeType("text/plain"))),
        row("a long id", event -> event.setId("i".repeat(1_000))),
        row("a long topic", event -> event.setReplyTo("t".repeat(249))),
        row(
            "many attributes",
            event ->
                event.setAttributes(Map.of("ab", "c".repeat(50_000), "d", "e".repeat(49_997)))),
        row("parts beside a prompt", event -> event.setParts(List.of(part()))),
        row("parts alone", event -> event.setPrompt(null).setParts(List.of(part()))),
        row("a request", PromptValidationTest::raw));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void passes(String name, Change change) {
    assertThat(check(change)).isEmpty();
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        row(
            "a schema with half a surrogate pair",
            event -> event.setResponseJsonSchema("{\"title\":\"\\ud800\"}"),
            ErrorReason.BAD_SCHEMA),
        row(
            "a schema with half a surrogate pair in a name",
            event -> event.setResponseJsonSchema("{\"\\udc00\":1}"),
            ErrorReason.BAD_SCHEMA),
        row("a model with a space", event -> event.setModel("gemini 2.5"), ErrorReason.BAD_MODEL),
        row("a model with a bar", event -> event.setModel("a|b"), ErrorReason.BAD_MODEL),
        row("a model that is a path", event -> event.setModel("a/b"), ErrorReason.BAD_MODEL),
        row("nothing", event -> event.setPrompt(null), ErrorReason.NO_CONTENT),
        row("blank", event -> event.setPrompt(" \n"), ErrorReason.NO_CONTENT),
        row(
            "system alone",
            event -> event.setPrompt(null).setSystem("Be short."),
            ErrorReason.NO_CONTENT),
        row("request and prompt", event -> event.setRequest("{}"), ErrorReason.TWO_FORMS),
        row(
            "request and parts",
            event -> raw(event).setParts(List.of(part())),
            ErrorReason.TWO_FORMS),
        row(
            "request and system",
            event -> raw(event).setSystem("Be short."),
            ErrorReason.TWO_FORMS),
        row(
            "request and schema",
            event -> raw(event).setResponseJsonSchema("{}"),
            ErrorReason.TWO_FORMS),
        row(
            "request and settings",
            event -> with(raw(event), settings -> settings),
            ErrorReason.TWO_FORMS),
        row("request of nothing", event -> raw(event, ""), ErrorReason.BAD_REQUEST),
        row("request no JSON", event -> raw(event, "{\"a\":"), ErrorReason.BAD_REQUEST),
        row("request no object", event -> raw(event, "[{}]"), ErrorReason.BAD_REQUEST),
        row("two requests", event -> raw(event, "{} {}"), ErrorReason.BAD_REQUEST),
        row(
            "request with half a pair",
            event -> raw(event, "{\"a\":\"\\ude00\"}"),
            ErrorReason.BAD_REQUEST),
        row(
            "request nested too deep",
            event -> raw(event, "{\"a\":".repeat(101) + "1" + "}".repeat(101)),
            ErrorReason.BAD_REQUEST),
        row("no request and prompt", event -> event.setRequest("no JSON"), ErrorReason.TWO_FORMS),
        row(
            "a part of nothing",
            event -> event.setParts(List.of(part(), Part.newBuilder().build())),
            ErrorReason.BAD_PART),
        row(
            "request that names a field twice",
            event -> raw(event, "{\"contents\":[{}],\"contents\":[{}]}"),
            ErrorReason.BAD_REQUEST),
        row("deadline now", event -> event.setDeadline(NOW), ErrorReason.DEADLINE_PASSED),
        row(
            "deadline past",
            event -> event.setDeadline(NOW.minusMillis(1)),
            ErrorReason.DEADLINE_PASSED),
        row("empty schema text", event -> event.setResponseJsonSchema(""), ErrorReason.BAD_SCHEMA),
        row("schema not JSON", event -> event.setResponseJsonSchema("{"), ErrorReason.BAD_SCHEMA),
        row("schema no object", event -> event.setResponseJsonSchema("[]"), ErrorReason.BAD_SCHEMA),
        row("schema null", event -> event.setResponseJsonSchema("null"), ErrorReason.BAD_SCHEMA),
        row("two schemas", event -> event.setResponseJsonSchema("{}{}"), ErrorReason.BAD_SCHEMA),
        row(
            "schema nested without end",
            event -> event.setResponseJsonSchema("{\"a\":".repeat(5_000)),
            ErrorReason.BAD_SCHEMA),
        row(
            "schema with a number without end",
            event -> event.setResponseJsonSchema("{\"a\":" + "9".repeat(5_000) + "}"),
            ErrorReason.BAD_SCHEMA),
        row(
            "schema and another MIME type",
            event ->
                with(event, settings -> settings.setResponseMimeType("text/plain"))
                    .setResponseJsonSchema("{}"),
            ErrorReason.BAD_SCHEMA),
        row("too cold", set(s -> s.setTemperature(-0.1)), ErrorReason.BAD_SETTING),
        row("too hot", set(s -> s.setTemperature(2.1)), ErrorReason.BAD_SETTING),
        row("no temperature", set(s -> s.setTemperature(Double.NaN)), ErrorReason.BAD_SETTING),
        row("topP below", set(s -> s.setTopP(-0.1)), ErrorReason.BAD_SETTING),
        row("topP above", set(s -> s.setTopP(1.1)), ErrorReason.BAD_SETTING),
        row("no topP", set(s -> s.setTopP(Double.NaN)), ErrorReason.BAD_SETTING),
        row("no tokens", set(s -> s.setMaxOutputTokens(0)), ErrorReason.BAD_SETTING),
        row("presence", set(s -> s.setPresencePenalty(Double.NaN)), ErrorReason.BAD_SETTING),
        row(
            "frequency",
            set(s -> s.setFrequencyPenalty(Double.POSITIVE_INFINITY)),
            ErrorReason.BAD_SETTING),
        row(
            "schema that is none",
            event -> event.setResponseJsonSchema("{\"type\":\"STRING\"}"),
            ErrorReason.BAD_SCHEMA),
        row("topK of none", set(s -> s.setTopK(0)), ErrorReason.BAD_SETTING),
        row(
            "six stop sequences",
            set(s -> s.setStopSequences(List.of("a", "b", "c", "d", "e", "f"))),
            ErrorReason.BAD_SETTING),
        row(
            "an empty stop sequence",
            set(s -> s.setStopSequences(List.of("a", ""))),
            ErrorReason.BAD_SETTING),
        row("less than no thinking", set(s -> s.setThinkingBudget(-2)), ErrorReason.BAD_SETTING),
        row(
            "an unknown MIME type",
            set(s -> s.setResponseMimeType("text/html\n")),
            ErrorReason.BAD_SETTING),
        row("too long an id", event -> event.setId("i".repeat(1_001)), ErrorReason.BAD_SETTING),
        row(
            "too long a topic",
            event -> event.setReplyTo("t".repeat(250)),
            ErrorReason.BAD_SETTING),
        row(
            "too many attributes",
            event -> event.setAttributes(Map.of("a", "b".repeat(50_000), "c", "d".repeat(49_999))),
            ErrorReason.BAD_SETTING));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void isRefused(String name, Change change, ErrorReason reason) {
    assertThat(check(change)).map(Rejection::reason).contains(reason);
    assertThat(check(change).map(Rejection::message).orElseThrow())
        .isNotBlank()
        .doesNotContain("\n")
        .hasSizeLessThan(200);
  }

  @Test
  void aModelIsNeededOnTheEventOrByDefault() {
    PromptEvent event = PromptEvent.newBuilder().setPrompt("why?").build();
    assertThat(PromptValidation.check(event, new PromptValidation.Rules("", Set.of()), NOW))
        .contains(
            new Rejection(
                ErrorReason.NO_MODEL,
                "set model on the event, or prompt.default.model on the batcher"));
    event.setModel(" ");
    assertThat(PromptValidation.check(event, new PromptValidation.Rules("", Set.of()), NOW))
        .isPresent();
    event.setModel(MODEL);
    assertThat(PromptValidation.check(event, new PromptValidation.Rules("", Set.of()), NOW))
        .isEmpty();
  }

  @Test
  void aBadSchemaIsNotQuoted() {
    assertThat(check(event -> event.setResponseJsonSchema("{\"secret word")))
        .map(Rejection::message)
        .hasValueSatisfying(message -> assertThat(message).doesNotContain("secret"));
  }

  @Test
  void aRequestThatIsNoJsonIsNotQuoted() {
    assertThat(check(event -> raw(event, "{\n \"secret word")))
        .contains(new Rejection(ErrorReason.BAD_REQUEST, "request is not JSON: line 2, column 14"));
  }

  @Test
  void aModelMustBeOnTheListWhereThereIsOne() {
    var rules = new PromptValidation.Rules("a", Set.of("a", "b"));
    PromptEvent event = PromptEvent.newBuilder().setPrompt("why?").build();
    assertThat(PromptValidation.check(event, rules, NOW)).isEmpty();
    event.setModel("models/b");
    assertThat(PromptValidation.check(event, rules, NOW)).isEmpty();
    event.setModel("c");
    assertThat(PromptValidation.check(event, rules, NOW))
        .contains(
            new Rejection(
                ErrorReason.MODEL_NOT_ALLOWED,
                "the model c is not on prompt.models.allowed: use one that is"));
  }

  private static Optional<Rejection> check(Change change) {
    PromptEvent event = change.apply(PromptEvent.newBuilder().setPrompt("why?")).build();
    return PromptValidation.check(event, new PromptValidation.Rules(MODEL, Set.of()), NOW);
  }

  private static Change set(Setting setting) {
    return event -> with(event, setting);
  }

  private static PromptEvent.Builder with(PromptEvent.Builder event, Setting setting) {
    return event.setGeneration(setting.apply(GenerationSettings.newBuilder()).build());
  }

  private static PromptEvent.Builder raw(PromptEvent.Builder event) {
    return raw(event, "{\"contents\":[{\"parts\":[{\"text\":\"why?\"}]}]}");
  }

  private static PromptEvent.Builder raw(PromptEvent.Builder event, String request) {
    return event.setPrompt(null).setRequest(request);
  }

  private static Part part() {
    return Part.newBuilder().setText("more").build();
  }

  private static Arguments row(String name, Change change) {
    return arguments(name, change);
  }

  private static Arguments row(String name, Change change, ErrorReason reason) {
    return arguments(name, change, reason);
  }
}
