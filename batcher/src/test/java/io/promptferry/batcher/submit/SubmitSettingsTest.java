package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.runtime.service.Backoff;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class SubmitSettingsTest {

  @Test
  void readsEveryKey() {
    var config =
        new AbstractConfig(
            SubmitSettings.define(new ConfigDef()),
            Map.of(
                "submit.spool.dir", "/spool",
                "submit.pending.max", "3",
                "submit.retry.first.ms", "4",
                "submit.retry.longest.ms", "5",
                "submit.give.up.after.ms", "6",
                "submit.read.timeout.ms", "7",
                "submit.doubt.quarantine.ms", "8",
                "submit.deadline.near.ms", "9"));
    assertThat(SubmitSettings.from(config))
        .isEqualTo(
            new SubmitSettings(
                Path.of("/spool"),
                3,
                new Backoff(Duration.ofMillis(4), Duration.ofMillis(5)),
                Duration.ofMillis(6),
                Duration.ofMillis(7),
                Duration.ofMillis(8),
                Duration.ofMillis(9)));
  }
}
