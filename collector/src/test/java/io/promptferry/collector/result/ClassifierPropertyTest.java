package io.promptferry.collector.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.schemas.ErrorReason;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Whatever a line is made of, it means something. */
class ClassifierPropertyTest {

  private static final int LINES = 4_000;

  private static final List<String> SCRAPS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "null",
          "true",
          "1",
          "-7",
          "1e999",
          "\"\"",
          " ",
          "\\u",
          "\"response\":",
          "\"error\":",
          "\"status\":",
          "\"candidates\":",
          "\"content\":",
          "\"parts\":",
          "\"text\":",
          "\"thought\":",
          "\"finishReason\":",
          "\"code\":",
          "\"message\":",
          "\"usageMetadata\":",
          "\"promptFeedback\":",
          "\"blockReason\":",
          "\"MAX_TOKENS\"",
          "\"SAFETY\"",
          "\"RESOURCE_EXHAUSTED\"",
          "\"429\"",
          "\ud83d\udea2");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "3",
          "429",
          "1e999",
          "-9999999999999999999",
          "\"\"",
          "\"STOP\"",
          "\"MAX_TOKENS\"",
          "\"SAFETY\"",
          "\"OTHER\"",
          "\"UNAVAILABLE\"",
          "\"{\\\"n\\\":1}\"",
          "\"ferry\"",
          "[]",
          "{}");

  private static final List<String> FIELDS =
      List.of(
          "response",
          "error",
          "status",
          "candidates",
          "content",
          "parts",
          "text",
          "thought",
          "finishReason",
          "code",
          "message",
          "details",
          "usageMetadata",
          "promptFeedback",
          "blockReason",
          "promptTokenCount",
          "functionCall");

  @RepeatedTest(3)
  void noBytesMakeItThrow() {
    check(Lines::bytes);
  }

  @RepeatedTest(3)
  void noScrapsOfJsonMakeItThrow() {
    check(Lines::scraps);
  }

  @RepeatedTest(3)
  void noJsonMakesItThrow() {
    check(lines -> lines.tree(6).getBytes(UTF_8));
  }

  @RepeatedTest(3)
  void noDamageToAGoodLineMakesItThrow() {
    check(Lines::damaged);
  }

  /** Else the property would hold of unreadable lines only. */
  @Test
  void theLinesMeanManyThings() {
    var lines = new Lines(new Random(1));
    Set<ErrorReason> seen = EnumSet.noneOf(ErrorReason.class);
    int answered = 0;
    for (int i = 0; i < LINES; i++) {
      byte[] line = i % 2 == 0 ? lines.shaped().getBytes(UTF_8) : lines.damaged();
      Outcome outcome = Classifier.classify(line, JsonExpectation.JSON);
      if (outcome instanceof Outcome.Failed failed) {
        seen.add(failed.reason());
      } else {
        answered++;
      }
    }
    assertThat(answered).isGreaterThan(100);
    assertThat(seen)
        .contains(
            ErrorReason.BAD_RESULT,
            ErrorReason.EMPTY_ANSWER,
            ErrorReason.ANSWER_NOT_JSON,
            ErrorReason.SAFETY,
            ErrorReason.ANSWER_CUT_OFF,
            ErrorReason.MODEL_ERROR,
            ErrorReason.QUOTA_EXCEEDED,
            ErrorReason.REQUEST_REFUSED);
  }

  private interface Source {
    byte[] next(Lines lines);
  }

  private static void check(Source source) {
    long seed = System.nanoTime();
    var lines = new Lines(new Random(seed));
    for (int i = 0; i < LINES; i++) {
      byte[] line = source.next(lines);
      try {
        for (Expectation expectation : List.of(Expectation.NONE, JsonExpectation.JSON)) {
          Outcome outcome = Classifier.classify(line, expectation);
          if (outcome instanceof Outcome.Failed failed) {
            assertThat(failed.message()).isNotBlank();
          } else {
            assertThat(outcome).isInstanceOf(Outcome.Answered.class);
          }
        }
      } catch (RuntimeException | StackOverflowError | AssertionError e) {
        throw new AssertionError(
            "seed %d, line %d: %s".formatted(seed, i, new String(line, UTF_8)), e);
      }
    }
  }

  private record Lines(Random random) {

    byte[] bytes() {
      byte[] line = new byte[random.nextInt(40)];
      random.nextBytes(line);
      if (line.length > 1 && random.nextBoolean()) {
        line[random.nextInt(2)] = '{';
        line[random.nextInt(2)] = 0;
      }
      return line;
    }

    byte[] scraps() {
      var line = new StringBuilder("{");
      for (int i = random.nextInt(20); i > 0; i--) {
        line.append(one(SCRAPS));
      }
      return line.toString().getBytes(UTF_8);
    }

    String tree(int depth) {
      if (depth == 0 || random.nextInt(5) == 0) {
        return one(VALUES);
      }
      var tree = new StringBuilder();
      boolean object = depth == 6 || random.nextInt(3) > 0;
      for (int i = random.nextInt(4); i >= 0; i--) {
        tree.append(tree.isEmpty() ? "" : ",");
        tree.append(object ? '"' + one(FIELDS) + "\":" : "").append(tree(depth - 1));
      }
      return object ? "{" + tree + "}" : "[" + tree + "]";
    }

    String shaped() {
      return random.nextInt(3) == 0
          ? "{\"%s\":{\"code\":%s,\"message\":%s}}"
              .formatted(random.nextBoolean() ? "error" : "status", one(VALUES), one(VALUES))
          : "{\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":%s},%s]},\"finishReason\":%s}],\"usageMetadata\":%s}}"
              .formatted(one(VALUES), tree(2), one(VALUES), tree(2));
    }

    byte[] damaged() {
      byte[] line = shaped().getBytes(UTF_8);
      line[random.nextInt(line.length)] = (byte) random.nextInt(256);
      return random.nextBoolean() ? line : Arrays.copyOf(line, random.nextInt(line.length));
    }

    private String one(List<String> of) {
      return of.get(random.nextInt(of.size()));
    }
  }
}
