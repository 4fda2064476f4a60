package io.promptferry.batcher.submit;

import io.promptferry.batcher.lane.LaneRule;
import io.promptferry.runtime.config.ConfigLoader;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** How much each account may have at the provider at once. */
public final class AccountCapacities {

  public static final String OVERRIDES = "capacity.overrides";

  private static final String ACCOUNT = "account";

  private final CapacitySettings usual;
  private final Map<String, CapacitySettings> overrides;

  private AccountCapacities(CapacitySettings usual, Map<String, CapacitySettings> overrides) {
    this.usual = usual;
    this.overrides = overrides;
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return CapacitySettings.define(def)
        .define(
            OVERRIDES,
            ConfigDef.Type.STRING,
            "[]",
            ConfigDef.LambdaValidator.with(
                (key, value) -> parse(value.toString(), Map.of()), () -> "a JSON array of objects"),
            ConfigDef.Importance.LOW,
            "What single accounts may have: a JSON array of objects, each with account and keys that begin with"
                + " capacity. What it leaves out is as for all accounts. For example"
                + " [{\"account\":\"research\",\"capacity.tier\":\"3\"}].");
  }

  public static AccountCapacities from(AbstractConfig config) {
    var usual = new HashMap<>(config.originalsStrings());
    usual.keySet().retainAll(CapacitySettings.define(new ConfigDef()).names());
    return new AccountCapacities(
        CapacitySettings.from(config), parse(config.getString(OVERRIDES), usual));
  }

  private static Map<String, CapacitySettings> parse(String json, Map<String, String> usual) {
    ConfigDef def = CapacitySettings.define(new ConfigDef());
    var found = new HashMap<String, CapacitySettings>();
    for (LaneRule rule : LaneRule.parse(OVERRIDES, json, field -> !field.equals(ACCOUNT))) {
      for (String key : rule.values().keySet()) {
        if (!def.names().contains(key)) {
          throw new ConfigException(
              OVERRIDES + ": " + ConfigLoader.unknown(key, def.names()).getMessage());
        }
      }
      var values = new HashMap<>(usual);
      values.putAll(rule.values());
      String account = rule.wanted().getOrDefault(ACCOUNT, "");
      if (found.put(account, CapacitySettings.from(new AbstractConfig(def, values, false)))
          != null) {
        throw new ConfigException(OVERRIDES + " names account " + account + " twice");
      }
    }
    return Map.copyOf(found);
  }

  CapacitySettings of(String account) {
    return overrides.getOrDefault(account, usual);
  }

  /** The accounts that are named. */
  public Set<String> names() {
    return overrides.keySet();
  }
}
