package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** However random an event, it gets an answer of one line and no exception. */
class PromptValidationPropertyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final PromptValidation.Rules RULES =
      new PromptValidation.Rules("m", Set.of("m", "n"));
  private static final int EVENTS = 2_000;

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "why?",
          "\ud83d",
          "\ude00\n",
          "models/",
          "models/n",
          "m",
          "other",
          "x".repeat(1_001));
  private static final List<String> JSON =
      List.of(
          "",
          "{}",
          "{\"type\":",
          "\"object\"",
          "{\"$ref\":\"#\"}",
          "{\"contents\":[{\"parts\":[{\"text\":\"why?\"}]}]}",
          "{\"contents\":[{\"parts\":",
          "[{\"line\\nfeed\":1}]",
          "[",
          "]",
          "}",
          "null",
          "1e9999");
  private static final List<Double> NUMBERS =
      List.of(0.0, 1.0, 2.0, -1e300, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE);
  private static final List<Integer> INTEGERS = List.of(0, 1, -1, 7, Integer.MIN_VALUE);

  @RepeatedTest(5)
  void noEventMakesItThrow() {
    long seed = System.nanoTime();
    var events = new Events(new Random(seed));
    for (int i = 0; i < EVENTS; i++) {
      PromptEvent event = events.next();
      try {
        PromptValidation.check(event, RULES, NOW)
            .ifPresent(
                rejection ->
                    assertThat(rejection.message())
                        .isNotBlank()
                        .hasSizeLessThan(200)
                        .hasLineCount(1));
      } catch (RuntimeException | StackOverflowError | AssertionError e) {
        throw new AssertionError("seed %d, event %d: %s".formatted(seed, i, event), e);
      }
    }
  }

  /** Else the property would hold of nothing but events without content. */
  @Test
  void theEventsBreakEveryRuleAndSomeBreakNone() {
    var events = new Events(new Random(1));
    Set<ErrorReason> seen = EnumSet.noneOf(ErrorReason.class);
    int good = 0;
    for (int i = 0; i < 20_000; i++) {
      var rejection = PromptValidation.check(events.next(), RULES, NOW);
      rejection.ifPresent(found -> seen.add(found.reason()));
      good += rejection.isEmpty() ? 1 : 0;
    }
    assertThat(good).isGreaterThan(100);
    assertThat(seen)
        .containsExactlyInAnyOrder(
            ErrorReason.NO_CONTENT,
            ErrorReason.TWO_FORMS,
            ErrorReason.BAD_PART,
            ErrorReason.BAD_MODEL,
            ErrorReason.MODEL_NOT_ALLOWED,
            ErrorReason.BAD_REQUEST,
            ErrorReason.BAD_SCHEMA,
            ErrorReason.BAD_SETTING,
            ErrorReason.DEADLINE_PASSED,
            ErrorReason.NO_MODEL);
  }

  private record Events(Random random) {

    PromptEvent next() {
      return PromptEvent.newBuilder()
          .setId(oneOf(TEXTS))
          .setModel(sometimes(this::text))
          .setPrompt(sometimes(this::text))
          .setSystem(sometimes(this::text))
          .setParts(seldom() ? List.of(part()) : List.of())
          .setResponseJsonSchema(sometimes(this::json))
          .setGeneration(sometimes(this::generation))
          .setRequest(seldom() ? json() : null)
          .setDeadline(sometimes(this::time))
          .setReplyTo(sometimes(this::text))
          .setAttributes(Map.of("a", text(), text() + "b", "c".repeat(random.nextInt(100_010))))
          .build();
    }

    private GenerationSettings generation() {
      return GenerationSettings.newBuilder()
          .setTemperature(sometimes(() -> oneOf(NUMBERS)))
          .setTopP(sometimes(() -> oneOf(NUMBERS)))
          .setTopK(sometimes(() -> oneOf(INTEGERS)))
          .setMaxOutputTokens(sometimes(() -> oneOf(INTEGERS)))
          .setStopSequences(several(TEXTS))
          .setSeed(sometimes(random::nextInt))
          .setPresencePenalty(sometimes(() -> oneOf(NUMBERS)))
          .setFrequencyPenalty(sometimes(() -> oneOf(NUMBERS)))
          .setResponseMimeType(seldom() ? text() : null)
          .setThinkingBudget(sometimes(() -> oneOf(INTEGERS)))
          .build();
    }

    private Part part() {
      return Part.newBuilder()
          .setText(sometimes(this::text))
          .setFileUri(sometimes(this::text))
          .setData(seldom() ? ByteBuffer.wrap(text().getBytes(UTF_8)) : null)
          .setMimeType(sometimes(this::text))
          .build();
    }

    private Instant time() {
      return seldom() ? Instant.ofEpochMilli(Long.MAX_VALUE) : NOW.plusSeconds(random.nextInt());
    }

    private String text() {
      return random.nextBoolean() ? oneOf(TEXTS) : characters();
    }

    private String json() {
      return random.nextBoolean()
          ? oneOf(JSON)
          : String.join("", several(JSON)) + (seldom() ? text() : "");
    }

    private String characters() {
      return IntStream.range(0, random.nextInt(20))
          .mapToObj(i -> String.valueOf((char) random.nextInt(0x10000)))
          .collect(Collectors.joining());
    }

    private List<String> several(List<String> from) {
      return IntStream.range(0, random.nextInt(7)).mapToObj(i -> oneOf(from)).toList();
    }

    private <T> T oneOf(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    private <T> @Nullable T sometimes(Supplier<T> value) {
      return random.nextInt(3) == 0 ? value.get() : null;
    }

    private boolean seldom() {
      return random.nextInt(8) == 0;
    }
  }
}
