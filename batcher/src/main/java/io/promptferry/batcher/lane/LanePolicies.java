package io.promptferry.batcher.lane;

import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.SliceLimits;
import io.promptferry.runtime.config.ConfigLoader;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The limits and the schedule of every lane: those configured for all, and what overrides them. */
public final class LanePolicies {

  public static final String OVERRIDES = "lane.overrides";

  private static final String BATCH_KEYS = "batch.";

  private record LaneOverride(LaneRule rule, LanePolicy policy) {}

  private final LanePolicy usual;
  private final List<LaneOverride> overrides;

  private LanePolicies(LanePolicy usual, List<LaneOverride> overrides) {
    this.usual = usual;
    this.overrides = overrides;
  }

  /** One policy for every lane. */
  public static LanePolicies of(LanePolicy policy) {
    return new LanePolicies(policy, List.of());
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return defineBatch(def)
        .define(
            OVERRIDES,
            ConfigDef.Type.STRING,
            "[]",
            ConfigDef.LambdaValidator.with(
                (key, value) -> parse(value.toString(), Map.of()), () -> "a JSON array of objects"),
            ConfigDef.Importance.LOW,
            "Limits and schedules of single lanes: a JSON array of objects. In each, model, account, kind and the names"
                + " of lane.by say which lanes, and keys that begin with batch. say what holds for them. The kind is"
                + " NORMAL for first attempts, RETRY for prompts that are sent again, ISOLATION for the parts of a batch"
                + " that the provider rejected. The first that fits a lane counts; what it leaves out is as for all"
                + " lanes. For example [{\"model\":\"gemini-2.5-pro\",\"batch.max.tokens\":500000}].");
  }

  private static ConfigDef defineBatch(ConfigDef def) {
    return Schedule.define(BatchLimits.define(def));
  }

  public static LanePolicies from(AbstractConfig config) {
    var usual = new HashMap<String, String>();
    config
        .originalsStrings()
        .forEach(
            (key, value) -> {
              if (key.startsWith(BATCH_KEYS)) {
                usual.put(key, value);
              }
            });
    return new LanePolicies(policy(config), parse(config.getString(OVERRIDES), usual));
  }

  /** What holds for the lane. */
  public LanePolicy of(Lane lane) {
    return overrides.stream()
        .filter(override -> override.rule().matches(lane))
        .findFirst()
        .map(LaneOverride::policy)
        .orElse(usual);
  }

  /** Every policy that some lane may have. */
  public List<LanePolicy> all() {
    return Stream.concat(Stream.of(usual), overrides.stream().map(LaneOverride::policy)).toList();
  }

  /** The policy of all lanes that no override names. */
  public LanePolicy usual() {
    return usual;
  }

  /**
   * How large slices may be of the lane's prompts that are sent again, as retries or in parts of a
   * batch. The collector makes those: it reads this in the batch, so that nobody has to configure
   * the lanes' limits twice, and equally. Where they are lowered meanwhile, its slices are too
   * large only if they are to a twentieth.
   */
  public SliceLimits resendLimits(Lane lane) {
    SliceLimits retry = slice(lane, LaneKind.RETRY);
    SliceLimits part = slice(lane, LaneKind.ISOLATION);
    return new SliceLimits(
        Math.min(retry.getPrompts(), part.getPrompts()),
        Math.min(retry.getBytes(), part.getBytes()),
        Math.min(retry.getTokens(), part.getTokens()),
        Math.min(retry.getSpanBytes(), part.getSpanBytes()));
  }

  private SliceLimits slice(Lane lane, LaneKind kind) {
    return of(new Lane(lane.getModel(), lane.getAccount(), kind, lane.getLabels()))
        .limits()
        .slice();
  }

  /** The labels that overrides name. */
  Set<String> labels() {
    return LaneRule.labels(overrides.stream().map(LaneOverride::rule).toList());
  }

  /** The shortest linger of any lane. */
  public Duration shortestLinger() {
    return all().stream()
        .map(policy -> policy.limits().linger())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static LanePolicy policy(AbstractConfig config) {
    return new LanePolicy(BatchLimits.from(config), Schedule.from(config));
  }

  private static List<LaneOverride> parse(String json, Map<String, String> usual) {
    return LaneRule.parse(OVERRIDES, json, key -> key.startsWith(BATCH_KEYS)).stream()
        .map(rule -> override(rule, usual))
        .toList();
  }

  /** The messages of the keys' own checks do not tell where the value stands. */
  private static LaneOverride override(LaneRule rule, Map<String, String> usual) {
    try {
      return new LaneOverride(rule, policy(rule, usual));
    } catch (ConfigException e) {
      throw new ConfigException(
          "%s, for %s: %s".formatted(OVERRIDES, rule.wanted(), e.getMessage()));
    }
  }

  private static LanePolicy policy(LaneRule rule, Map<String, String> usual) {
    ConfigDef def = defineBatch(new ConfigDef());
    rule.values().keySet().stream()
        .filter(key -> !def.names().contains(key))
        .findFirst()
        .ifPresent(
            key -> {
              throw ConfigLoader.unknown(key, def.names());
            });
    var values = new HashMap<>(usual);
    values.putAll(rule.values());
    return policy(new AbstractConfig(def, values, false));
  }
}
