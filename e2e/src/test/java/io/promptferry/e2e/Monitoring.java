package io.promptferry.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The files that Prometheus, Grafana and whoever is on call read. */
final class Monitoring {

  static final Path FOLDER = Repository.root().resolve("deploy/monitoring");
  static final Path RULES = FOLDER.resolve("rules.yml");
  static final Path RULE_TESTS = FOLDER.resolve("rules.test.yml");
  static final Path DASHBOARD = FOLDER.resolve("grafana/dashboards/promptferry.json");
  static final Path RUNBOOK = Repository.root().resolve("docs/runbook.md");
  static final Path OPERATOR_RULES =
      Repository.root().resolve("deploy/components/monitoring/prometheus-rule.yaml");

  private static final YAMLMapper YAML = new YAMLMapper();

  private Monitoring() {}

  static JsonNode yaml(Path file) throws IOException {
    return YAML.readTree(file.toFile());
  }

  static String toYaml(Object value) throws IOException {
    return YAML.writeValueAsString(value);
  }

  static List<JsonNode> alerts() throws IOException {
    return elements(yaml(RULES).get("groups"))
        .flatMap(group -> elements(group.get("rules")))
        .toList();
  }

  static List<JsonNode> panels() throws IOException {
    return elements(new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels")).toList();
  }

  /** What the rules and the dashboard ask Prometheus. */
  static List<String> expressions() throws IOException {
    var all = new ArrayList<String>();
    alerts().forEach(alert -> all.add(alert.get("expr").asText()));
    panels().stream()
        .flatMap(panel -> elements(panel.get("targets")))
        .forEach(target -> all.add(target.get("expr").asText()));
    return all;
  }

  /** Every file that may name a metric, but the one that is made of them. */
  static List<Path> files() throws IOException {
    try (Stream<Path> docs = Files.walk(Repository.root().resolve("docs"))) {
      return Stream.concat(
              docs.filter(file -> file.toString().endsWith(".md"))
                  .filter(file -> !file.endsWith("metrics.md")),
              Stream.of(RULES, RULE_TESTS, DASHBOARD, OPERATOR_RULES))
          .sorted()
          .toList();
    }
  }

  static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
