package io.promptferry.batcher.lane;

/** Policies for tests. */
public final class Policies {

  private Policies() {}

  /** These limits for every lane, and no schedule. */
  public static LanePolicies of(BatchLimits limits) {
    return LanePolicies.of(new LanePolicy(limits, Schedule.ALWAYS));
  }
}
