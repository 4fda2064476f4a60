package io.promptferry.runtime.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A metric as it is declared, to be kept in a {@code static final} field.
 *
 * <p>Names begin with {@code promptferry.} and the plural of what is counted or measured, words
 * separated by dots. Measures are in base units, which stand apart from the name: Prometheus
 * appends them. Counts have none.
 *
 * @param unit {@link #SECONDS}, {@link #BYTES}, {@link #RATIO}, {@link #DOLLARS}; null for counts
 * @param meaning a line for people; the text of the docs
 * @param labels in the order in which their values are given
 */
public record Metric(
    Kind kind, String name, @Nullable String unit, String meaning, List<Label> labels) {

  /** What Prometheus makes of it. */
  public enum Kind {
    COUNTER,
    GAUGE,
    /** {@code _count}, {@code _sum} and the largest of the last minutes, {@code _max}. */
    SUMMARY,
    /** A summary of seconds. */
    TIMER
  }

  public static final String SECONDS = "seconds";
  public static final String BYTES = "bytes";
  public static final String DOLLARS = "dollars";

  /** From 0 to 1. */
  public static final String RATIO = "ratio";

  public Metric {
    if (meaning.isBlank()) {
      throw new IllegalArgumentException(name + " has no meaning: say what it counts");
    }
    labels = List.copyOf(labels);
  }

  public static Metric counter(String name, String meaning, Label... labels) {
    return new Metric(Kind.COUNTER, name, null, meaning, List.of(labels));
  }

  public static Metric gauge(String name, String meaning, Label... labels) {
    return new Metric(Kind.GAUGE, name, null, meaning, List.of(labels));
  }

  public static Metric summary(String name, String meaning, Label... labels) {
    return new Metric(Kind.SUMMARY, name, null, meaning, List.of(labels));
  }

  public static Metric timer(String name, String meaning, Label... labels) {
    return new Metric(Kind.TIMER, name, SECONDS, meaning, List.of(labels));
  }

  /** The same, measured in this unit. */
  public Metric in(String baseUnit) {
    return new Metric(kind, name, baseUnit, meaning, labels);
  }

  /** The counter with these values of the labels; made where it is not there yet. */
  public Counter counterIn(MeterRegistry registry, String... values) {
    require(Kind.COUNTER);
    return Counter.builder(name)
        .description(meaning)
        .baseUnit(unit)
        .tags(tags(values))
        .register(registry);
  }

  /** A gauge that asks whenever it is read, for as long as somebody else holds {@code of}. */
  public <T> Gauge gaugeIn(
      MeterRegistry registry, T of, ToDoubleFunction<T> value, String... values) {
    require(Kind.GAUGE);
    return Gauge.builder(name, of, value)
        .description(meaning)
        .baseUnit(unit)
        .tags(tags(values))
        .register(registry);
  }

  /** Gauges that come and go with the values of their labels. */
  public MultiGauge gaugesIn(MeterRegistry registry) {
    require(Kind.GAUGE);
    return MultiGauge.builder(name).description(meaning).baseUnit(unit).register(registry);
  }

  /** One of {@link #gaugesIn}. */
  public MultiGauge.Row<?> row(Number number, String... values) {
    return MultiGauge.Row.of(tags(values), number);
  }

  public DistributionSummary summaryIn(MeterRegistry registry, String... values) {
    require(Kind.SUMMARY);
    return DistributionSummary.builder(name)
        .description(meaning)
        .baseUnit(unit)
        .tags(tags(values))
        .register(registry);
  }

  public Timer timerIn(MeterRegistry registry, String... values) {
    require(Kind.TIMER);
    return Timer.builder(name).description(meaning).tags(tags(values)).register(registry);
  }

  private void require(Kind wanted) {
    if (kind != wanted) {
      throw new IllegalStateException(name + " is declared as a " + kind + ", not as a " + wanted);
    }
  }

  private Tags tags(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(
          "%s has the labels %s and was given %d values"
              .formatted(name, labels.stream().map(Label::name).toList(), values.length));
    }
    var tags = new ArrayList<Tag>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(labels.get(i).name(), values[i]));
    }
    return Tags.of(tags);
  }
}
