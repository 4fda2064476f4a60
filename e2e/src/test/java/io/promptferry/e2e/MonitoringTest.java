package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.runtime.metrics.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules, dashboard and runbook name what is there, and each other. */
class MonitoringTest {

  private static final Pattern METRIC = Pattern.compile("\\bpromptferry_[a-z_]*[a-z]\\b");
  private static final Pattern SELECTOR = Pattern.compile("(promptferry_[a-z_]+)\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(?:=|!=|=~|!~)\"([^\"]*)\"");
  private static final Pattern SECTION = Pattern.compile("(?m)^### (\\w+)$");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| \\[(\\w+)]\\(#(\\w+)\\) \\| (\\w+) ");

  /** What Prometheus adds to what a service tells. */
  private static final Set<String> ADDED = Set.of("namespace", "instance", "job");

  /** Of these a test may make up any. */
  private static final Set<String> FREE = Set.of("account", "model");

  private static final Map<String, DeclaredMetric> METRICS = metrics();

  private static Map<String, DeclaredMetric> metrics() {
    var all = new HashMap<String, DeclaredMetric>();
    DeclaredMetric.all().forEach(metric -> metric.names().forEach(name -> all.put(name, metric)));
    return all;
  }

  @Test
  void everyMetricThatIsNamedIsThere() throws IOException {
    for (Path file : Monitoring.files()) {
      assertThat(unknown(Files.readString(file))).as("metrics in %s", file).isEmpty();
    }
  }

  @Test
  void aMetricThatIsNotThereIsSeen() {
    assertThat(unknown("max(promptferry_prompts_oldest_age) > promptferry_jobs_open"))
        .containsExactly("promptferry_prompts_oldest_age");
  }

  private static Set<String> unknown(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(name -> !METRICS.containsKey(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyLabelThatIsAskedForIsThereWithThatValue() throws IOException {
    for (String expression : Monitoring.expressions()) {
      assertThat(wrongLabels(expression)).as(expression).isEmpty();
    }
  }

  @Test
  void aLabelOrAValueThatIsNotThereIsSeen() {
    assertThat(
            wrongLabels(
                "promptferry_prompts_waiting{stage=\"runing\"} > promptferry_jobs_open{state=\"x\"}"))
        .containsExactly("stage=runing", "state=x");
    assertThat(wrongLabels("promptferry_prompts_waiting{stage=~\"parked|running\"}")).isEmpty();
  }

  private static List<String> wrongLabels(String expression) {
    return SELECTOR
        .matcher(expression)
        .results()
        .flatMap(
            selector ->
                MATCHER
                    .matcher(selector.group(2))
                    .results()
                    .flatMap(MonitoringTest::values)
                    .filter(pair -> !isThere(selector.group(1), pair[0], pair[1])))
        .map(pair -> pair[0] + "=" + pair[1])
        .toList();
  }

  private static Stream<String[]> values(MatchResult matcher) {
    return Stream.of(matcher.group(2).split("\\|", -1))
        .map(value -> new String[] {matcher.group(1), value});
  }

  private static boolean isThere(String metric, String label, String value) {
    DeclaredMetric declared = METRICS.get(metric);
    return ADDED.contains(label)
        || (declared != null
            && declared.metric().labels().stream()
                .anyMatch(found -> found.name().equals(label) && mayBe(found, value)));
  }

  private static boolean mayBe(Label label, String value) {
    return FREE.contains(label.name()) || Set.of(label.values().split("[,;] ", -1)).contains(value);
  }

  @Test
  void everyAlertSaysWhatItIsAndWhereToReadOn() throws IOException {
    for (JsonNode alert : Monitoring.alerts()) {
      String name = alert.get("alert").asText();
      assertThat(alert.at("/labels/severity").asText())
          .as(name)
          .isIn("critical", "warning", "info");
      assertThat(alert.at("/annotations/summary").asText()).as(name).isNotBlank();
      assertThat(alert.at("/annotations/description").asText()).as(name).isNotBlank();
      assertThat(alert.at("/annotations/runbook").asText())
          .isEqualTo("docs/runbook.md#" + name.toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void everyAlertHasItsSectionAndItsRowAndTheOtherWayRound() throws IOException {
    String runbook = Files.readString(Monitoring.RUNBOOK);
    List<String> names = Monitoring.alerts().stream().map(a -> a.get("alert").asText()).toList();
    assertThat(SECTION.matcher(runbook).results().map(found -> found.group(1)))
        .containsExactlyElementsOf(names);
    assertThat(ROW.matcher(runbook).results().map(MonitoringTest::row))
        .containsExactlyElementsOf(
            Monitoring.alerts().stream()
                .map(a -> a.get("alert").asText() + " " + a.at("/labels/severity").asText())
                .toList());
  }

  private static String row(MatchResult row) {
    assertThat(row.group(2)).isEqualTo(row.group(1).toLowerCase(Locale.ROOT));
    return row.group(1) + " " + row.group(3);
  }

  @Test
  void theOperatorGetsTheSameRules() throws IOException {
    JsonNode operator = Monitoring.yaml(Monitoring.OPERATOR_RULES);
    assertThat(operator.get("kind").asText()).isEqualTo("PrometheusRule");
    assertThat(operator.at("/spec/groups"))
        .isEqualTo(Monitoring.yaml(Monitoring.RULES).get("groups"));
  }

  @Test
  void everyServiceIsScraped() throws IOException {
    JsonNode config = Monitoring.yaml(Monitoring.FOLDER.resolve("prometheus.yml"));
    assertThat(Monitoring.elements(config.at("/scrape_configs/0/static_configs/0/targets")))
        .extracting(JsonNode::asText)
        .containsExactly("batcher:8080", "poller:8080", "collector:8080");
  }

  @Test
  void theDashboardIsOneScreen() throws IOException {
    for (JsonNode panel : Monitoring.panels()) {
      JsonNode place = panel.get("gridPos");
      assertThat(panel.get("title").asText()).isNotBlank();
      assertThat(place.get("x").asInt() + place.get("w").asInt()).isLessThanOrEqualTo(24);
      assertThat(place.get("y").asInt() + place.get("h").asInt()).isLessThanOrEqualTo(24);
    }
  }
}
