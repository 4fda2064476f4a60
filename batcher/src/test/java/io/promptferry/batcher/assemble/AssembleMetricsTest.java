package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.assemble.AssembleMetrics.Load;
import org.junit.jupiter.api.Test;

class AssembleMetricsTest {

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final AssembleMetrics metrics = new AssembleMetrics(registry);

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private double oldest(String stage) {
    return gauge("promptferry.prompts.oldest.age", "stage", stage);
  }

  @Test
  void partitionsAreSummedAndOneThatGoesTakesItsShareAlong() {
    metrics.holds(0, new Load(1, 20, 2.5, new ParkedTally.Load(100, 200, 4_000, 90)));
    metrics.holds(1, new Load(5, 60, 7, new ParkedTally.Load(0, 700, 8_000, 80)));
    metrics.holds(1, new Load(2, 30, 6, new ParkedTally.Load(5, 395, 5_000, 70)));
    assertThat(gauge("promptferry.lanes.batching")).isEqualTo(3);
    assertThat(gauge("promptferry.prompts.waiting", "stage", "batching")).isEqualTo(50);
    assertThat(gauge("promptferry.slices.parked", "reason", "retry")).isEqualTo(105);
    assertThat(gauge("promptferry.slices.parked", "reason", "window")).isEqualTo(595);
    assertThat(gauge("promptferry.prompts.waiting", "stage", "parked")).isEqualTo(9_000);
    assertThat(oldest("batching")).as("the oldest of all").isEqualTo(6);
    assertThat(oldest("parked")).isEqualTo(90);
    metrics.gone(1);
    assertThat(gauge("promptferry.prompts.waiting", "stage", "parked")).isEqualTo(4_000);
    assertThat(oldest("batching")).isEqualTo(2.5);
    metrics.gone(0);
    assertThat(oldest("parked")).isZero();
  }
}
