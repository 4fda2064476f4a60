package io.promptferry.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MetricTest {

  private static final Label REASON = Label.of("reason", "LATE", "LOST");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void whatIsCountedHasNoUnitInItsName() {
    Metric.counter("promptferry.boats", "Boats that left", REASON)
        .counterIn(registry, "LATE")
        .increment(2);
    assertThat(registry.scrape())
        .contains("# HELP promptferry_boats_total Boats that left")
        .contains("promptferry_boats_total{reason=\"LATE\"} 2.0");
  }

  @Test
  void whatIsMeasuredHasItsUnit() {
    Metric.gauge("promptferry.boats.age", "Age").in(Metric.SECONDS).gaugeIn(registry, 5, n -> n);
    Metric.summary("promptferry.boats.load", "Load").in(Metric.BYTES).summaryIn(registry).record(3);
    Metric.timer("promptferry.boats.crossing", "Time").timerIn(registry);
    assertThat(registry.scrape())
        .contains("promptferry_boats_age_seconds 5.0")
        .contains("promptferry_boats_load_bytes_sum 3.0")
        .contains("promptferry_boats_crossing_seconds_count 0");
  }

  @Test
  void gaugesComeAndGo() {
    Metric metric = Metric.gauge("promptferry.boats", "Boats", REASON);
    MultiGauge gauges = metric.gaugesIn(registry);
    gauges.register(List.<MultiGauge.Row<?>>of(metric.row(3, "LATE")), true);
    assertThat(registry.scrape()).contains("promptferry_boats{reason=\"LATE\"} 3.0");
    gauges.register(List.<MultiGauge.Row<?>>of(metric.row(1, "LOST")), true);
    assertThat(registry.scrape()).doesNotContain("LATE").contains("reason=\"LOST\"} 1.0");
  }

  @Test
  void stagesAreToldApart() {
    var prompts = new AtomicInteger(7);
    Stage.RUNNING.waiting(registry, prompts, AtomicInteger::get);
    Stage.RUNNING.oldest(registry, prompts, AtomicInteger::get);
    assertThat(registry.scrape())
        .contains("promptferry_prompts_waiting{stage=\"running\"} 7.0")
        .contains("promptferry_prompts_oldest_age_seconds{stage=\"running\"} 7.0");
  }

  @Test
  void mistakesAreToldWhereTheyAreMade() {
    assertThatThrownBy(() -> Metric.counter("promptferry.boats", " "))
        .hasMessage("promptferry.boats has no meaning: say what it counts");
    Metric metric = Metric.counter("promptferry.boats", "Boats", REASON);
    assertThatThrownBy(() -> metric.counterIn(registry))
        .hasMessage("promptferry.boats has the labels [reason] and was given 0 values");
    assertThatThrownBy(() -> metric.timerIn(registry, "LATE"))
        .hasMessage("promptferry.boats is declared as a COUNTER, not as a TIMER");
  }

  @Test
  void aLabelHasSoManyValuesAtMost() {
    var label = new CappedLabel(2);
    assertThat(List.of(label.of("a"), label.of("b"), label.of("c"), label.of("a")))
        .containsExactly("a", "b", "other", "a");
  }
}
