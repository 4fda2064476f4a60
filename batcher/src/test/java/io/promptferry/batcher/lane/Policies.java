package io.promptferry.batcher.lane;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Policies for tests. */
public final class Policies {

  private Policies() {}

  /** As configured. */
  public static LanePolicies from(Map<String, String> values) {
    return LanePolicies.from(new AbstractConfig(LanePolicies.define(new ConfigDef()), values));
  }

  /** These limits for every lane, and no schedule. */
  public static LanePolicies of(BatchLimits limits) {
    return LanePolicies.of(new LanePolicy(limits, Schedule.ALWAYS));
  }
}
