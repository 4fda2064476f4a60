package io.promptferry.batcher.lane;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Finders of lanes for tests. */
public final class LaneFinders {

  private LaneFinders() {}

  /** With no labels, and as many lanes as by default. */
  public static LaneFinder of(LanePolicies policies) {
    return of(policies, Map.of(), new SimpleMeterRegistry());
  }

  public static LaneFinder of(
      LanePolicies policies, Map<String, String> values, MeterRegistry registry) {
    var config = new AbstractConfig(LaneFinder.define(new ConfigDef()), values);
    return LaneFinder.from(config, policies, registry);
  }
}
