package io.promptferry.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.demo.verdict.Evidence;
import io.promptferry.local.demo.verdict.Fault;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.local.jobs.Batches;
import io.promptferry.local.receipts.By;
import io.promptferry.local.receipts.Sums;
import io.promptferry.records.Cost;
import io.promptferry.records.Receipt;
import io.promptferry.records.SealReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final Duration WHOLE = Duration.ofMillis(41_250);

  @Test
  void theFigures(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("report.json");
    Report.write(file, Report.of(outcome(Map.of(Fault.MISSING, 2L)), WHOLE));
    assertThat(Files.readString(file).replaceAll("\\s", ""))
        .isEqualTo(
            "{'prompts':10,'answers':9,'succeeded':8,'failed':0,'missing':2,'duplicates':0,"
                    .replace('\'', '"')
                + "'misattributed':0,'batches':3,'jobs':4,'billedRequests':11,'responseTopics':5,"
                    .replace('\'', '"')
                + "'seconds':41.25}".replace('\'', '"'));
  }

  @Test
  void whatFailsTheVerdictIsNeverLeftOut() {
    for (Fault fault : Fault.values()) {
      assertThat(Report.of(outcome(Map.of(fault, 7L)), WHOLE).path(fault.figure()).asLong())
          .as("%s", fault)
          .isEqualTo(7);
    }
  }

  @Test
  void theSummarySaysWhatIsWrongInItsFirstLine() {
    assertThat(Summary.lines(outcome(Map.of(Fault.MISSING, 2L)), WHOLE))
        .first()
        .asString()
        .startsWith("NOT every");
    assertThat(Summary.lines(outcome(Map.of(Fault.MISSING, 2L)), WHOLE))
        .contains(
            "  a finding",
            "  batches   3: 2 full (batch.max.requests), 1 out of time (batch.linger.ms)");
  }

  @Test
  void whatOnlyTheSimulatorKnowsIsNotTold() {
    Outcome live = outcome(Map.of(), Evidence.ANSWERS_ALONE);
    assertThat(Report.of(live, WHOLE).has("billedRequests")).isFalse();
    assertThat(Report.of(live, WHOLE).path("live").booleanValue()).isTrue();
    assertThat(Report.of(live, WHOLE).path("jobs").asInt()).isEqualTo(2);
    assertThat(Summary.lines(live, WHOLE))
        .contains("  jobs      2")
        .noneMatch(line -> line.contains("bill"));
  }

  @Test
  void theSummaryTellsWhatWasSpent() {
    assertThat(Summary.lines(outcome(Map.of()), WHOLE))
        .contains(
            "  cost      $1.50 in batches, $3.00 one by one: $1.50 saved, by the receipts and prices of "
                + Prices.shipped().asOf());
  }

  private static Receipt receipt() {
    Receipt receipt = Batches.receipt("b", true, 8, 2, 40);
    receipt.setCost(new Cost(1_500_000L, 3_000_000L, "2026-03-01"));
    return receipt;
  }

  private static Outcome outcome(Map<Fault, Long> faults) {
    return outcome(faults, Evidence.DIGESTS_AND_LEDGER);
  }

  private static Outcome outcome(Map<Fault, Long> faults, Evidence evidence) {
    var progress =
        new Progress(
            10,
            10,
            new TreeMap<>(Map.of(SealReason.REQUESTS, 2, SealReason.LINGER, 1)),
            new TreeMap<>(Map.of("SUCCEEDED", 2)),
            9,
            3,
            UnderWay.NOTHING);
    var verdict = new Verdict(10, 9, 8, 11, 4, 5, faults, List.of("a finding"), evidence);
    return new Outcome(
        progress,
        new AnswerTotals(List.of()),
        Sums.of(List.of(receipt()), List.of(By.MODEL), Optional.empty(), Prices.shipped()),
        verdict,
        false,
        Duration.ofSeconds(30));
  }
}
