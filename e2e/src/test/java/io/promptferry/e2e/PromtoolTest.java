package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus itself says of the rules and of the dashboard's questions. */
class PromtoolTest {

  private record Said(int code, String text) {}

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @BeforeAll
  static void isInstalled() throws IOException, InterruptedException {
    boolean installed;
    try {
      installed = promtool("--version").code() == 0;
    } catch (IOException e) {
      installed = false;
    }
    if (!installed) {
      System.err.println(
          "The alert rules are NOT tested: promtool is missing (apt-get install prometheus)");
    }
    assumeTrue(installed, "promtool is missing: apt-get install prometheus");
  }

  private static Said promtool(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }

  private static void assertGood(Said said) {
    assertThat(said.code()).as(said.text()).isZero();
  }

  @Test
  void theRulesAreRules() throws Exception {
    assertGood(promtool("check", "rules", Monitoring.RULES.toString()));
  }

  @Test
  void everyAlertFiresAndDoesNotFire() throws Exception {
    assertGood(promtool("test", "rules", Monitoring.RULE_TESTS.toString()));
    List<String> tested =
        Monitoring.elements(Monitoring.yaml(Monitoring.RULE_TESTS).get("tests"))
            .map(test -> test.get("name").asText())
            .toList();
    assertThat(tested)
        .containsExactlyElementsOf(
            Monitoring.alerts().stream().map(alert -> alert.get("alert").asText()).toList());
  }

  @Test
  void anAlertThatFiresTooEarlyOrTooLateIsSeen() throws Exception {
    for (String hours : List.of("25", "27")) {
      Path rules = folder.resolve("rules.yml");
      Files.writeString(
          rules,
          Files.readString(Monitoring.RULES).replace("> 26 * 3600", "> " + hours + " * 3600"));
      Path tests = Files.copy(Monitoring.RULE_TESTS, folder.resolve(hours + ".yml"));
      Said said = promtool("test", "rules", tests.toString());
      assertThat(said.code()).isNotZero();
      assertThat(said.text()).contains("PromptferryPromptsOld");
    }
  }

  @Test
  void theDashboardAsksWhatPrometheusUnderstands() throws Exception {
    assertGood(check(Monitoring.expressions()));
    assertThat(check(List.of("sum by stage (promptferry_prompts_waiting)")).code()).isNotZero();
  }

  /** Any expression may be recorded. */
  private Said check(List<String> expressions) throws IOException, InterruptedException {
    var rules = new ArrayList<Map<String, String>>();
    for (String expression : expressions) {
      rules.add(Map.of("record", "asked" + rules.size(), "expr", expression));
    }
    Path file = folder.resolve("asked.yml");
    Files.writeString(
        file,
        Monitoring.toYaml(Map.of("groups", List.of(Map.of("name", "asked", "rules", rules)))));
    return promtool("check", "rules", file.toString());
  }

  @Test
  void theConfigurationIsOne() throws Exception {
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        Files.readString(Monitoring.FOLDER.resolve("prometheus.yml"))
            .replace("/etc/prometheus/rules.yml", Monitoring.RULES.toString()));
    assertGood(promtool("check", "config", config.toString()));
  }
}
