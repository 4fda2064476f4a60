package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountCapacitiesTest {

  private static AccountCapacities from(String overrides) {
    var values = new HashMap<>(Map.of("capacity.jobs.max", "7", "capacity.tier", "1"));
    values.put("capacity.overrides", overrides);
    return AccountCapacities.from(
        new AbstractConfig(AccountCapacities.define(new ConfigDef()), values, false));
  }

  @Test
  void anOverrideHoldsForItsAccountAndLeavesTheRestAsItIs() {
    AccountCapacities capacities = from("[{\"account\":\"research\",\"capacity.tier\":\"3\"}]");
    assertThat(capacities.of("research"))
        .isEqualTo(new CapacitySettings(7, TokenTier.TIER_3, 0, 20_000_000_000L));
    assertThat(capacities.of("default"))
        .isEqualTo(new CapacitySettings(7, TokenTier.TIER_1, 0, 20_000_000_000L));
    assertThat(capacities.names()).containsExactly("research");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{} ; capacity.overrides must be a JSON array",
        "[{\"capacity.tier\":\"3\"}] ; say which",
        "[{\"account\":\"a\",\"capacity.tiers\":\"3\"}] ; the nearest known one is 'capacity.tier'",
        "[{\"account\":\"a\",\"model\":\"m\"}] ; unknown",
        "[{\"account\":\"a\",\"capacity.tier\":\"4\"}] ; capacity.tier",
        "[{\"account\":\"a\"},{\"account\":\"a\"}] ; names account a twice",
      })
  void aFaultyOverrideIsRefusedAtStart(String overrides, String message) {
    assertThatThrownBy(() -> from(overrides))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
