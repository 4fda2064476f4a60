package io.promptferry.local.jobs;

import static io.promptferry.local.jobs.Batches.at;
import static io.promptferry.local.jobs.Batches.batch;
import static io.promptferry.local.jobs.Batches.intent;
import static io.promptferry.local.jobs.Batches.receipt;
import static io.promptferry.local.jobs.Batches.running;
import static io.promptferry.local.jobs.Batches.span;
import static io.promptferry.local.jobs.Batches.state;
import static io.promptferry.local.jobs.Batches.submitted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Skipped;
import io.promptferry.spans.Run;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchRenderingTest {

  @Test
  void aTableHasAHeadingAlignedColumnsAndACount() {
    BatchFold fold = BatchFold.summaries();
    fold.add(batch("a", 0));
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    fold.add(running("a", 3, 62, 302));
    fold.add(batch("bb", 50));
    assertThat(BatchTable.lines(fold.views(), at(122)))
        .containsExactly(
            "BATCH  STATE    JOB        LANE              REQUESTS  OK/FAILED/PENDING  AGE  END    SEALED BY",
            "a      RUNNING  batches/a  gemini-2.5-flash  10        3/0/7              2m   in 3m  LINGER",
            "bb     SEALED   -          gemini-2.5-flash  10        -                  1m   -      LINGER",
            "2 batches of 20 prompts: 1 RUNNING, 1 SEALED");
    assertThat(BatchTable.lines(List.of(), at(0))).containsExactly("0 batches");
  }

  @Test
  void allOfABatchIsTold() {
    BatchFold fold = BatchFold.whole("a");
    Run[] runs = IntStream.range(0, 11).mapToObj(i -> new Run(i * 3L, i * 3L)).toArray(Run[]::new);
    var batch = batch("a", 0, span(2, new Run(10, 19), new Run(21, 21)), span(1, runs));
    fold.add(intent(batch, 1));
    Skipped skip =
        Skipped.newBuilder().setSpan(0).setOffset(12).setReason("DEADLINE_PASSED").build();
    fold.add(submitted(batch, "batches/a", 2, skip));
    fold.add(running("a", 3, 5, 302));
    JobState end = state("a", "FAILED", true, 60);
    end.setError(new JobError(3, "bad\nline 7"));
    fold.add(end);
    fold.add(receipt("a", true, 0, 22, 61));
    List<String> lines = BatchText.lines(fold.find("a").orElseThrow(), at(120));
    assertThat(lines)
        .contains(
            "state     FAILED (settled)",
            "prompts   22, 1 left out of the job",
            "error     3 bad line 7",
            "  sealed    2026-03-10T12:00:00Z  2m ago  by LINGER",
            "  intended  2026-03-10T12:00:01Z  1m ago  its job was about to be created",
            "  prompts-1  11 prompts, attempt 2, offsets 10-19,21",
            "  prompts-1  11 prompts, attempt 1, offsets 0,3,6,9,12,15,18,21 and 3 more runs",
            "  prompts-1-12  DEADLINE_PASSED",
            "  2026-03-10T12:00:05Z  RUNNING  3/0/7 ok/failed/pending",
            "  2026-03-10T12:01:00Z  FAILED  the end",
            "  2026-03-10T12:01:01Z  settled: 0 succeeded, 22 failed, 0 sent round again, 0 vanished");

    JsonNode json = BatchJson.whole(fold.find("a").orElseThrow());
    assertThat(json.at("/spans/0/runs").toString()).isEqualTo("[[10,19],[21,21]]");
    assertThat(json.at("/states")).hasSize(2);
    assertThat(json.at("/skippedPrompts/0/offset").longValue()).isEqualTo(12);
    assertThat(json.get("settled").booleanValue()).isTrue();
    assertThat(json.at("/receipt/totals/failed").longValue()).isEqualTo(22);
  }

  @Test
  void barsAreOfRequestsAndThenOfAnswers() {
    BatchFold fold = BatchFold.summaries();
    fold.add(submitted(batch("a", 0), "batches/a", 2));
    fold.add(running("a", 5, 5, 62));
    assertThat(BatchBars.lines(fold.views(), 0, at(32)))
        .containsExactly(
            "a RUNNING   [######......] 5/10 run  30s, in 30s", "1 batch of 10 prompts: 1 RUNNING");
    fold.add(state("a", "SUCCEEDED", true, 60));
    fold.add(receipt("a", false, 9, 1, 61));
    assertThat(BatchBars.lines(fold.views(), 3, at(62)))
        .containsExactly(
            "a SUCCEEDED [############] 10/10 landed  1m",
            "1 batch of 10 prompts: 1 SUCCEEDED; 3 settled since");
    assertThat(BatchBars.lines(List.of(), 4, at(62)))
        .containsExactly("no open batches; 4 settled since");
    BatchFold many = BatchFold.summaries();
    IntStream.range(0, 25).forEach(i -> many.add(batch("b" + i, i)));
    assertThat(BatchBars.lines(many.views(), 0, at(62))).hasSize(22).contains("and 5 more");
  }

  @Test
  void theScreenGoesUpAsFarAsItDrewAndClearsBelow() {
    var out = new ByteArrayOutputStream();
    var screen = new Screen(new PrintStream(out, true, UTF_8));
    screen.show(List.of("a", "b".repeat(100)));
    screen.show(List.of("c"));
    screen.show(List.of("c"));
    assertThat(out.toString(UTF_8).replace(System.lineSeparator(), "|"))
        .isEqualTo("a|" + "b".repeat(76) + "...|\u001b[2A\r\u001b[Jc|");
  }

  @Test
  void durationsHaveTwoUnits() {
    assertThat(
            List.of(-5, 59, 60, 3599, 3660, 86_399, 180_000).stream()
                .map(seconds -> Elapsed.text(Duration.ofSeconds(seconds))))
        .containsExactly("0s", "59s", "1m", "59m", "1h01m", "23h59m", "2d02h");
  }

  @Test
  void aLaneTellsWhatSetsItApart() {
    assertThat(Words.lane(new Lane("m", "acme", LaneKind.RETRY, Map.of("tenant", "x", "a", "y"))))
        .isEqualTo("m/acme/RETRY/a=y/tenant=x");
  }
}
