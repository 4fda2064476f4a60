package io.promptferry.e2e;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaStaticInitializer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import java.lang.reflect.Field;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A constant of the code that declares a metric, and what comes of it.
 *
 * @param field where it stands
 * @param services who uses the constant
 * @param names as Prometheus shows them, the family's first; summaries have several
 */
record DeclaredMetric(String field, Metric metric, List<String> services, List<String> names) {

  private static final List<String> SERVICES = List.of("batcher", "poller", "collector");
  private static final Pattern FAMILY = Pattern.compile("^# TYPE (\\S+) ", Pattern.MULTILINE);
  private static final Pattern SAMPLE = Pattern.compile("^(\\w+)[{ ]", Pattern.MULTILINE);

  /** All of them, by name. */
  static List<DeclaredMetric> all() {
    return Code.SHIPPED.stream()
        .flatMap(type -> type.getFields().stream())
        .filter(field -> field.getRawType().isEquivalentTo(Metric.class))
        .map(DeclaredMetric::of)
        .sorted(Comparator.comparing(DeclaredMetric::name))
        .toList();
  }

  private static DeclaredMetric of(JavaField field) {
    Metric metric = value(field.reflect());
    return new DeclaredMetric(field.getFullName(), metric, services(field), names(metric));
  }

  private static Metric value(Field field) {
    try {
      field.setAccessible(true);
      return (Metric) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(field + " cannot be read", e);
    }
  }

  /** The modules where it is used; of what the runtime uses, every service. */
  private static List<String> services(JavaField field) {
    Set<String> users =
        field.getAccessesToSelf().stream()
            .map(JavaAccess::getOrigin)
            .filter(origin -> !(origin instanceof JavaStaticInitializer))
            .map(origin -> origin.getOwner().getPackageName().split("\\.", 4)[2])
            .collect(Collectors.toSet());
    return SERVICES.stream()
        .filter(service -> users.contains(service) || users.contains("runtime"))
        .toList();
  }

  /** By having it scraped. */
  private static List<String> names(Metric metric) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    String[] values = metric.labels().stream().map(Label::name).toArray(String[]::new);
    switch (metric.kind()) {
      case COUNTER -> metric.counterIn(registry, values);
      case GAUGE -> metric.gaugeIn(registry, 1, one -> one, values);
      case SUMMARY -> metric.summaryIn(registry, values);
      case TIMER -> metric.timerIn(registry, values);
    }
    String scraped = registry.scrape();
    var names = new TreeSet<String>();
    FAMILY.matcher(scraped).results().forEach(found -> names.add(found.group(1)));
    SAMPLE.matcher(scraped).results().forEach(found -> names.add(found.group(1)));
    return List.copyOf(names);
  }

  /** As Prometheus shows it, but for what it appends to the parts of a summary. */
  String name() {
    return names.get(0);
  }

  /** Its line in the table of the docs. */
  String row() {
    return "| `%s` | %s | %s | %s | %s | %s |\n"
        .formatted(
            name(),
            metric.kind().name().toLowerCase(Locale.ROOT),
            metric.labels().isEmpty() ? "" : labels(),
            metric.unit() == null ? "" : metric.unit(),
            services.size() == SERVICES.size() ? "all" : String.join(", ", services),
            metric.meaning());
  }

  private String labels() {
    return metric.labels().stream()
        .map(label -> "`%s`: %s".formatted(label.name(), label.values()))
        .collect(Collectors.joining("; "));
  }
}
