package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.assemble.AssembleMetrics.Load;
import org.junit.jupiter.api.Test;

class AssembleMetricsTest {

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final AssembleMetrics metrics = new AssembleMetrics(registry);

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void partitionsAreSummedAndOneThatGoesTakesItsShareAlong() {
    metrics.holds(0, new Load(1, 20, 300, 4_000));
    metrics.holds(1, new Load(5, 60, 700, 8_000));
    metrics.holds(1, new Load(2, 30, 400, 5_000));
    assertThat(gauge("promptferry.lanes.batching")).isEqualTo(3);
    assertThat(gauge("promptferry.prompts.batching")).isEqualTo(50);
    assertThat(gauge("promptferry.slices.parked")).isEqualTo(700);
    assertThat(gauge("promptferry.prompts.parked")).isEqualTo(9_000);
    metrics.gone(1);
    assertThat(gauge("promptferry.prompts.parked")).isEqualTo(4_000);
  }
}
