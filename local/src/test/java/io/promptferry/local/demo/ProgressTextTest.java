package io.promptferry.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.SealReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProgressTextTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

  private static final Progress MIDWAY =
      new Progress(
          5000,
          5000,
          new TreeMap<>(Map.of(SealReason.REQUESTS, 4, SealReason.LINGER, 1)),
          new TreeMap<>(Map.of("RUNNING", 2, "SUCCEEDED", 3)),
          2500,
          2,
          UnderWay.NOTHING);

  @Test
  void aBlockForATerminal() {
    assertThat(ProgressText.block(MIDWAY, Duration.ofMillis(12_900), NOW))
        .containsExactly(
            "  published  [##############################] 5,000 of 5,000",
            "  batches    5 sealed, 2 settled",
            "  jobs       2 RUNNING, 3 SUCCEEDED",
            "  answers    [###############...............] 2,500 of 5,000",
            "  seconds    12");
  }

  @Test
  void aLineForALog() {
    assertThat(ProgressText.line(MIDWAY, Duration.ofSeconds(12), NOW))
        .isEqualTo(
            " 12 s  published 5,000 of 5,000, batches sealed 5, jobs 2 RUNNING, 3 SUCCEEDED,"
                + " answers 2,500 of 5,000");
  }

  @Test
  void whatIsUnderWayHasAnEnd() {
    Progress running =
        new Progress(
            10,
            10,
            new TreeMap<>(Map.of(SealReason.LINGER, 1)),
            new TreeMap<>(Map.of("RUNNING", 1)),
            0,
            0,
            UnderWay.of(
                List.of("a"),
                Optional.of(new Arrival(NOW.plusSeconds(40), Optional.of(NOW.plusSeconds(58))))));
    assertThat(ProgressText.block(running, Duration.ofSeconds(12), NOW))
        .hasSize(5)
        .last()
        .isEqualTo("  seconds    12; jobs under way: about 40s left, likely under 59s");
    assertThat(ProgressText.line(running, Duration.ofSeconds(12), NOW))
        .endsWith("answers 0 of 10; jobs under way: about 40s left, likely under 59s");
  }

  @Test
  void theBeginning() {
    assertThat(
            ProgressText.block(
                new Progress(10, 0, new TreeMap<>(), new TreeMap<>(), 0, 0, UnderWay.NOTHING),
                Duration.ZERO,
                NOW))
        .containsExactly(
            "  published  [..............................] 0 of 10",
            "  batches    0 sealed, 0 settled",
            "  jobs       none yet",
            "  answers    [..............................] 0 of 10",
            "  seconds    0");
  }

  @Test
  void aBlockNeverWraps() {
    var states = new TreeMap<String, Integer>();
    for (int i = 0; i < 20; i++) {
      states.put("STATE_THAT_NOBODY_KNOWS_" + i, 1);
    }
    var progress =
        new Progress(
            9_999_999, 9_999_999, new TreeMap<>(), states, 99_999_999, 0, UnderWay.NOTHING);
    assertThat(ProgressText.block(progress, Duration.ofDays(1), NOW))
        .hasSize(5)
        .allSatisfy(line -> assertThat(line.length()).isLessThan(80));
  }

  @Test
  void completeIsEveryAnswerAndEveryBatchSettled() {
    assertThat(MIDWAY.complete()).isFalse();
    assertThat(progress(10, 10, 10, 2).complete()).isTrue();
    assertThat(progress(10, 10, 9, 2).complete()).isFalse();
    assertThat(progress(10, 10, 10, 1).complete()).isFalse();
    assertThat(progress(10, 9, 10, 2).complete()).isFalse();
  }

  private static Progress progress(int prompts, int published, long answers, int settled) {
    return new Progress(
        prompts,
        published,
        new TreeMap<>(Map.of(SealReason.LINGER, 2)),
        new TreeMap<>(),
        answers,
        settled,
        UnderWay.NOTHING);
  }
}
