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

  @Test
  void partitionsAreSummedAndOneThatGoesTakesItsShareAlong() {
    metrics.holds(0, new Load(1, 20, 2.5, 300, 4_000));
    metrics.holds(1, new Load(5, 60, 7, 700, 8_000));
    metrics.holds(1, new Load(2, 30, 6, 400, 5_000));
    assertThat(gauge("promptferry.lanes.batching")).isEqualTo(3);
    assertThat(gauge("promptferry.prompts.waiting", "stage", "batching")).isEqualTo(50);
    assertThat(gauge("promptferry.slices.parked")).isEqualTo(700);
    assertThat(gauge("promptferry.prompts.waiting", "stage", "parked")).isEqualTo(9_000);
    assertThat(gauge("promptferry.prompts.oldest.age")).as("the oldest of all").isEqualTo(6);
    metrics.gone(1);
    assertThat(gauge("promptferry.prompts.waiting", "stage", "parked")).isEqualTo(4_000);
    assertThat(gauge("promptferry.prompts.oldest.age")).isEqualTo(2.5);
  }
}
