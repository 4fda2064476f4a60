package io.promptferry.batcher.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.SliceLimits;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class BatchLimitsTest {

  private static BatchLimits from(Map<String, String> values) {
    return BatchLimits.from(new AbstractConfig(BatchLimits.define(new ConfigDef()), values));
  }

  @Test
  void readsEveryKey() {
    assertThat(
            from(
                Map.of(
                    "batch.max.requests", "100",
                    "batch.max.bytes", "2000",
                    "batch.max.tokens", "300",
                    "batch.max.span.bytes", "4000",
                    "batch.linger.ms", "5",
                    "batch.deadline.margin.ms", "6")))
        .isEqualTo(
            new BatchLimits(100, 2000, 300, 4000, Duration.ofMillis(5), Duration.ofMillis(6)));
  }

  @Test
  void defaultsStayWithinWhatTheApiTakes() {
    BatchLimits limits = from(Map.of());
    assertThat(limits.bytes()).isLessThanOrEqualTo(2_000_000_000L);
    // The smallest published quota of enqueued tokens: tier 1, 2.5 Flash.
    assertThat(limits.tokens()).isLessThan(3_000_000L);
    assertThat(limits.spanBytes()).isEqualTo(256 * 1024);
  }

  @Test
  void aFileBeyondTwoGigabytesIsRefused() {
    assertThatThrownBy(() -> from(Map.of("batch.max.bytes", "2000000001")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch.max.bytes");
  }

  @Test
  void aSliceMayTakeATwentiethAndAlwaysOnePrompt() {
    BatchLimits limits = from(Map.of("batch.max.requests", "100", "batch.max.tokens", "19"));
    assertThat(limits.slice()).isEqualTo(new SliceLimits(5, 25_000_000L, 1L, 13_107));
  }
}
