package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ServiceSettingsTest {

  @CommandLine.Command(name = "any")
  private static final class Any {
    @CommandLine.Mixin private final ServiceSettings set = new ServiceSettings();
  }

  private static Map<String, Map<String, String>> parse(String... words) {
    Any command = new Any();
    new CommandLine(command).parseArgs(words);
    return command.set.byService();
  }

  @Test
  void aKeyGoesToTheServicesThatKnowIt() {
    assertThat(parse("--set", "batch.linger.ms=7", "--set", "prompts.topics=a,b"))
        .isEqualTo(
            Map.of(
                "batcher", Map.of("batch.linger.ms", "7", "prompts.topics", "a,b"),
                "poller", Map.of("prompts.topics", "a,b"),
                "collector", Map.of("prompts.topics", "a,b")));
  }

  @Test
  void aValueMayHoldBlanksAndEqualsSigns() {
    assertThat(
            parse(
                "--set",
                "batch.schedule.cron=0 2 * * *",
                "--set",
                "lane.overrides=[{\"a\":\"=\"}]"))
        .isEqualTo(
            Map.of(
                "batcher",
                Map.of("batch.schedule.cron", "0 2 * * *", "lane.overrides", "[{\"a\":\"=\"}]")));
  }

  @Test
  void nothingSetIsNothingGiven() {
    assertThat(parse()).isEmpty();
  }
}
