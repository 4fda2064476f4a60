package io.promptferry.batcher.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SliceLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanePoliciesTest {

  private static LanePolicies from(String overrides) {
    var values = new HashMap<String, String>();
    values.put("batch.max.requests", "100");
    values.put("batch.linger.ms", "7");
    values.put("lane.overrides", overrides);
    return LanePolicies.from(new AbstractConfig(LanePolicies.define(new ConfigDef()), values));
  }

  private static Lane lane(String model, LaneKind kind, Map<String, String> labels) {
    return new Lane(model, "default", kind, labels);
  }

  private static int requests(LanePolicies policies, Lane lane) {
    return policies.of(lane).limits().requests();
  }

  private static Lane normal(String model) {
    return lane(model, LaneKind.NORMAL, Map.of());
  }

  @Test
  void withoutOverridesAllLanesAreAlike() {
    LanePolicies policies = from("[]");
    assertThat(requests(policies, normal("m"))).isEqualTo(100);
    assertThat(policies.of(normal("m"))).isSameAs(policies.usual());
  }

  @Test
  void anOverrideHoldsForTheLanesItNamesAndLeavesTheRestAsItIs() {
    LanePolicies policies = from("[{\"model\":\"m\",\"batch.max.requests\":5}]");
    BatchLimits limits = policies.of(normal("m")).limits();
    assertThat(limits.requests()).isEqualTo(5);
    assertThat(limits.linger()).isEqualTo(Duration.ofMillis(7));
    assertThat(limits.bytes()).isEqualTo(policies.usual().limits().bytes());
    assertThat(requests(policies, normal("n"))).isEqualTo(100);
  }

  @Test
  void aLaneMustHaveAllThatAnOverrideNames() {
    LanePolicies policies =
        from(
            "[{\"model\":\"m\",\"account\":\"default\",\"kind\":\"RETRY\",\"tenant\":\"acme\","
                + "\"batch.max.requests\":5}]");
    Map<String, String> acme = Map.of("tenant", "acme", "centre", "1");
    assertThat(requests(policies, lane("m", LaneKind.RETRY, acme))).isEqualTo(5);
    assertThat(requests(policies, lane("n", LaneKind.RETRY, acme))).isEqualTo(100);
    assertThat(requests(policies, lane("m", LaneKind.NORMAL, acme))).isEqualTo(100);
    assertThat(requests(policies, lane("m", LaneKind.RETRY, Map.of("tenant", "b")))).isEqualTo(100);
    assertThat(requests(policies, lane("m", LaneKind.RETRY, Map.of()))).isEqualTo(100);
  }

  @Test
  void theFirstThatFitsCounts() {
    LanePolicies policies =
        from(
            "[{\"tenant\":\"acme\",\"batch.max.requests\":5},"
                + "{\"model\":\"m\",\"batch.max.requests\":6,\"batch.linger.ms\":8}]");
    BatchLimits both = policies.of(lane("m", LaneKind.NORMAL, Map.of("tenant", "acme"))).limits();
    assertThat(both.requests()).isEqualTo(5);
    assertThat(both.linger()).isEqualTo(Duration.ofMillis(7));
    assertThat(requests(policies, normal("m"))).isEqualTo(6);
  }

  @Test
  void whatIsSentAgainIsSlicedByTheLimitsOfItsOwnLanes() {
    LanePolicies policies =
        from(
            "[{\"kind\":\"RETRY\",\"tenant\":\"acme\",\"batch.max.requests\":60,\"batch.max.span.bytes\":2000},"
                + "{\"kind\":\"ISOLATION\",\"batch.max.requests\":80,\"batch.max.tokens\":1000},"
                + "{\"tenant\":\"acme\",\"batch.max.requests\":20,\"batch.max.bytes\":2000}]");
    assertThat(policies.resendLimits(lane("m", LaneKind.NORMAL, Map.of("tenant", "acme"))))
        .isEqualTo(new SliceLimits(3, 25_000_000L, 50L, 100));
    assertThat(policies.resendLimits(normal("m")))
        .isEqualTo(new SliceLimits(4, 25_000_000L, 50L, 13_107));
  }

  @Test
  void aModelIsItsPlainName() {
    LanePolicies policies = from("[{\"model\":\"models/m\",\"batch.max.requests\":5}]");
    assertThat(requests(policies, normal("m"))).isEqualTo(5);
  }

  @Test
  void aScheduleMayBeALanesOwn() {
    LanePolicies policies = from("[{\"kind\":\"RETRY\",\"batch.schedule.cron\":\"0 2 * * *\"}]");
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    Schedule own = policies.of(lane("m", LaneKind.RETRY, Map.of())).schedule();
    assertThat(own.admit(noon, noon)).isInstanceOf(Admission.Later.class);
    assertThat(policies.of(normal("m")).schedule().admit(noon, noon))
        .isInstanceOf(Admission.Now.class);
  }

  @Test
  void tellsTheLabelsThatOverridesName() {
    assertThat(
            from("[{\"model\":\"m\",\"tenant\":\"a\"},{\"kind\":\"RETRY\",\"centre\":1}]").labels())
        .containsExactlyInAnyOrder("tenant", "centre");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{ ; lane.overrides is not JSON",
        "[] [] ; lane.overrides is not JSON",
        "{} ; lane.overrides must be a JSON array",
        "[5] ; lane.overrides must hold objects only",
        "[{\"batch.max.requests\":5}] ; lane.overrides: say which lanes",
        "[{\"model\":\"m\",\"batch.max.request\":5}] ; the nearest known one is 'batch.max.requests'",
        "[{\"model\":\"n\"},{\"model\":\"m\",\"batch.max.requests\":0}] ; lane.overrides, for {model=m}: Invalid value 0 for configuration batch.max.requests",
        "[{\"model\":\"m\",\"batch.max.requests\":\"many\"}] ; lane.overrides, for {model=m}: Invalid value many for configuration batch.max.requests",
        "[{\"model\":\"m\",\"kind\":\"RETRY\",\"batch.schedule.cron\":\"daily\"}] ; lane.overrides, for {model=m, kind=RETRY}: batch.schedule.cron is",
        "[{\"kind\":\"retry\",\"batch.max.requests\":5}] ; lane.overrides: kind must be one of [NORMAL, RETRY, ISOLATION], not retry",
        "[{\"model\":\"publishers/m\",\"batch.max.requests\":5}] ; lane.overrides: model must be a name",
        "[{\"tenant\":\" \",\"batch.max.requests\":5}] ; lane.overrides: give tenant a value",
        "[{\"tenant\":{\"is\":\"a\"},\"batch.max.requests\":5}] ; lane.overrides: tenant must be a text or a number",
        "[{\"tenant\":null,\"batch.max.requests\":5}] ; lane.overrides: tenant must be a text or a number",
        "[{\"tenant\":\"a\",\"batch.max.requests\":[5]}] ; lane.overrides: batch.max.requests must be a text or a number",
      })
  void aFaultyOverrideIsRefusedAtStart(String overrides, String message) {
    assertThatThrownBy(() -> from(overrides))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
