package io.promptferry.batcher.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneAccountsTest {

  private static final String RULES =
      "[{\"tenant\":\"acme\",\"model\":\"pro\",\"account\":\"acme-pro\"},"
          + "{\"tenant\":\"acme\",\"account\":\"acme\"},"
          + "{\"model\":\"pro\",\"account\":\"research\"}]";

  private static LaneAccounts from(String json) {
    return LaneAccounts.from(
        new AbstractConfig(
            LaneAccounts.define(new ConfigDef()), Map.of("lane.accounts", json), false));
  }

  private static LaneFinder finder(String rules, String max) {
    LanePolicies policies =
        LanePolicies.from(new AbstractConfig(LanePolicies.define(new ConfigDef()), Map.of()));
    return LaneFinders.of(
        policies,
        Map.of("lane.by", "header:tenant", "lane.open.max", max, "lane.accounts", rules),
        new SimpleMeterRegistry());
  }

  private static Lane find(LaneFinder finder, String model, String tenant) {
    var headers = new RecordHeaders();
    headers.add("tenant", tenant.getBytes(UTF_8));
    return finder.find(model, headers, Map.of(), ManualClock.START).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "pro, acme, acme-pro",
    "flash, acme, acme",
    "pro, other, research",
    "flash, other, default",
  })
  void theFirstThatFitsCounts(String model, String tenant, String account) {
    assertThat(find(finder(RULES, "10"), model, tenant))
        .isEqualTo(new Lane(model, account, LaneKind.NORMAL, Map.of("tenant", tenant)));
  }

  @Test
  void whoeverRidesWithoutLabelsIsPaidByTheSameAccount() {
    LaneFinder finder = finder(RULES, "2");
    find(finder, "flash", "other");
    find(finder, "flash", "another");

    assertThat(find(finder, "flash", "acme"))
        .isEqualTo(new Lane("flash", "acme", LaneKind.NORMAL, Map.of()));
    assertThat(find(finder, "flash", "third"))
        .isEqualTo(new Lane("flash", "default", LaneKind.NORMAL, Map.of()));
  }

  @Test
  void aValueThatIsNoLabelNamesNoAccount() {
    assertThat(find(finder(RULES, "10"), "flash", "acme" + "!".repeat(100)))
        .isEqualTo(new Lane("flash", "default", LaneKind.NORMAL, Map.of()));
  }

  @Test
  void tellsEveryAccountThatIsUsed() {
    assertThat(from("[]").names()).containsExactly("default");
    assertThat(from(RULES).names())
        .containsExactlyInAnyOrder("default", "acme", "acme-pro", "research");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{ ; lane.accounts is not JSON",
        "[{\"account\":\"a\"}] ; say which lanes",
        "[{\"model\":\"m\"}] ; name the account",
        "[{\"model\":\"m\",\"account\":\" \"}] ; name the account",
        "[{\"kind\":\"RETRY\",\"account\":\"a\"}] ; leave out kind",
      })
  void aFaultyRuleIsRefusedAtStart(String rules, String message) {
    assertThatThrownBy(() -> from(rules))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aLabelThatNoPromptCanHaveIsRefusedAtStart() {
    assertThatThrownBy(() -> finder("[{\"team\":\"x\",\"account\":\"a\"}]", "10"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll("lane.accounts names team", "lane.by");
  }
}
