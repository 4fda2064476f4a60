package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.records.Totals;
import org.junit.jupiter.api.Test;

class CollectMetricsTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CollectMetrics metrics = new CollectMetrics(meters);

  @Test
  void countsSettledBatchesAndDeadLetters() {
    metrics.collected(new Totals(5L, 3L, 0L, 2L, 0L, 0L, 0L, 0L));
    metrics.collected(new Totals(1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
    metrics.rejected(4);

    assertThat(responses("SUCCEEDED")).isEqualTo(6);
    assertThat(responses("FAILED")).isEqualTo(7);
    assertThat(meters.get("promptferry.prompts.vanished").counter().count()).isEqualTo(2);
  }

  @Test
  void countsWhatWasReadAgainAndWhatOfItWasUsed() {
    metrics.read(13, 3);
    metrics.read(7, 7);

    assertThat(read("promptferry.log.records.read")).isEqualTo(20);
    assertThat(read("promptferry.log.records.used")).isEqualTo(10);
  }

  private double read(String name) {
    return meters.get(name).tag("stage", "collect").counter().count();
  }

  private double responses(String status) {
    return meters.get("promptferry.responses").tag("status", status).counter().count();
  }
}
