package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.collector.CollectMetrics.Load;
import io.promptferry.collector.response.Overflow;
import io.promptferry.collector.result.LineKind;
import io.promptferry.collector.result.ResultFile.Counts;
import io.promptferry.records.Cost;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CollectMetricsTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CollectMetrics metrics =
      new CollectMetrics(meters, Clock.fixed(Samples.T0, ZoneOffset.UTC));

  @Test
  void countsSettledBatchesAndDeadLetters() {
    metrics.collected(receipt("m", Samples.totals(5L, 3L, 0L, 2L, 0L, 0L, 0L, 0L)));
    metrics.collected(receipt("m", Samples.totals(1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)));
    metrics.rejected(4);

    assertThat(responses("SUCCEEDED")).isEqualTo(6);
    assertThat(responses("FAILED")).isEqualTo(7);
    assertThat(meters.get("promptferry.prompts.vanished").counter().count()).isEqualTo(2);
    assertThat(meters.get("promptferry.dead.letters.answered").counter().count()).isEqualTo(4);
  }

  @Test
  void countsWhyPromptsFailedOrWentRoundAgain() {
    Totals totals = Samples.totals(0L, 2L, 3L, 0L, 0L, 0L, 0L, 0L);
    totals.setFailures(Map.of("SAFETY", 2L));
    totals.setRetries(Map.of("EMPTY_ANSWER", 3L));
    metrics.collected(receipt("m", totals));

    assertThat(counter("prompts.failed", "reason", "SAFETY")).isEqualTo(2);
    assertThat(counter("prompts.retried", "reason", "EMPTY_ANSWER")).isEqualTo(3);
  }

  @Test
  void countsTokensAndMoneyByModel() {
    Receipt priced = receipt("m", Samples.totals(1L, 0L, 0L, 0L, 100L, 20L, 7L, 3L));
    priced.setCost(new Cost(1_500_000L, 3_000_000L, "2026-01-01"));
    metrics.collected(priced);
    metrics.collected(receipt("n", Samples.totals(1L, 0L, 0L, 0L, 5L, 0L, 0L, 0L)));

    assertThat(counter("tokens", "model", "m", "kind", "prompt")).isEqualTo(100);
    assertThat(counter("tokens", "model", "m", "kind", "output")).isEqualTo(20);
    assertThat(counter("tokens", "model", "m", "kind", "thinking")).isEqualTo(7);
    assertThat(counter("tokens", "model", "m", "kind", "cached")).isEqualTo(3);
    assertThat(counter("tokens", "model", "n", "kind", "prompt")).isEqualTo(5);
    assertThat(counter("cost", "model", "m", "price", "batch")).isEqualTo(1.5);
    assertThat(counter("cost", "model", "m", "price", "interactive")).isEqualTo(3);
    assertThat(meters.find("promptferry.cost").tag("model", "n").counter())
        .as("no price is known, which is not nothing")
        .isNull();
  }

  @Test
  void tooManyModelsAreCountedTogether() {
    for (int i = 0; i < 102; i++) {
      metrics.collected(receipt("m" + i, Samples.totals(1L, 0L, 0L, 0L, 1L, 0L, 0L, 0L)));
    }
    assertThat(counter("tokens", "model", "m99", "kind", "prompt")).isEqualTo(1);
    assertThat(counter("tokens", "model", "other", "kind", "prompt")).isEqualTo(2);
  }

  @Test
  void tellsWhatIsBeingCollectedAndSinceWhenItIsOnItsWay() {
    metrics.holds(0, new Load(10, Samples.T0.minusSeconds(30)));
    metrics.holds(1, new Load(5, Samples.T0.minusSeconds(90)));
    metrics.holds(2, new Load(0, Instant.MAX));

    assertThat(meters.get("promptferry.prompts.waiting").gauge().value()).isEqualTo(15);
    assertThat(meters.get("promptferry.prompts.oldest.age").gauge().value()).isEqualTo(90);
    metrics.gone(1);
    assertThat(meters.get("promptferry.prompts.oldest.age").gauge().value()).isEqualTo(30);
    metrics.gone(0);
    assertThat(meters.get("promptferry.prompts.oldest.age").gauge().value()).isZero();
  }

  private static Receipt receipt(String model, Totals totals) {
    Receipt receipt = Samples.receipt("b", true, 0, 0);
    receipt.setModel(model);
    receipt.setTotals(totals);
    return receipt;
  }

  private double counter(String name, String... tags) {
    return meters.get("promptferry." + name).tags(tags).counter().count();
  }

  @Test
  void countsWhatWasReadAgainAndWhatOfItWasUsed() {
    metrics.read(13, 3);
    metrics.read(7, 7);

    assertThat(read("promptferry.log.records.read")).isEqualTo(20);
    assertThat(read("promptferry.log.records.used")).isEqualTo(10);
  }

  @Test
  void countsWhatIsNotWhereItWasMeantToGo() {
    metrics.overflowed(Overflow.CAP);
    metrics.overflowed(Overflow.CAP);
    metrics.overflowed(Overflow.NULL_KEY);

    var counters = meters.get("promptferry.response.overflows");
    assertThat(counters.tag("reason", "CAP").counter().count()).isEqualTo(2);
    assertThat(
            meters
                .get("promptferry.response.overflows")
                .tag("reason", "NULL_KEY")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void countsLinesByKind() {
    metrics.lines(new Counts(Map.of(LineKind.GOOD, 5L, LineKind.TOO_LONG, 1L), 6), 2);
    metrics.lines(new Counts(Map.of(LineKind.GOOD, 1L), 1), -1);

    assertThat(lines("good")).isEqualTo(6);
    assertThat(lines("too_long")).isEqualTo(1);
    assertThat(lines("doubled")).isZero();
    assertThat(lines("missing")).isEqualTo(2);
  }

  private double lines(String kind) {
    return meters.get("promptferry.results.lines").tag("kind", kind).counter().count();
  }

  private double read(String name) {
    return meters.get(name).tag("stage", "collect").counter().count();
  }

  private double responses(String status) {
    return meters.get("promptferry.responses").tag("status", status).counter().count();
  }
}
