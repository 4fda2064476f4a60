package io.promptferry.batcher.lane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.Lane;
import io.promptferry.runtime.config.ConfigLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The limits and the schedule of every lane: those configured for all, and what overrides them. */
public final class LanePolicies {

  public static final String OVERRIDES = "lane.overrides";

  private static final String BATCH_KEYS = "batch.";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * Overrides for some lanes.
   *
   * @param wanted by model, account, kind or a label's name, what a lane must have
   */
  private record LaneOverride(Map<String, String> wanted, LanePolicy policy) {
    boolean matches(Lane lane) {
      var has = new HashMap<>(lane.getLabels());
      has.put("model", lane.getModel());
      has.put("account", lane.getAccount());
      has.put("kind", lane.getKind().name());
      return has.entrySet().containsAll(wanted.entrySet());
    }
  }

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
                + " of lane.by say which lanes, and keys that begin with batch. say what holds for them. The first that"
                + " fits a lane counts; what it leaves out is as for all lanes. For example"
                + " [{\"model\":\"gemini-2.5-pro\",\"batch.max.tokens\":500000}].");
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
        .filter(override -> override.matches(lane))
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

  /** The labels that overrides name. */
  Set<String> labels() {
    return overrides.stream()
        .flatMap(override -> override.wanted().keySet().stream())
        .filter(name -> !LaneLabels.TAKEN.contains(name))
        .collect(Collectors.toSet());
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
    JsonNode array;
    try {
      array = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          OVERRIDES + " is not JSON: column " + e.getLocation().getColumnNr());
    }
    if (!array.isArray()) {
      throw new ConfigException(OVERRIDES + " must be a JSON array of objects");
    }
    var overrides = new ArrayList<LaneOverride>();
    array.forEach(node -> overrides.add(override(node, usual)));
    return List.copyOf(overrides);
  }

  private static LaneOverride override(JsonNode node, Map<String, String> usual) {
    if (!node.isObject()) {
      throw new ConfigException(OVERRIDES + " must hold objects only, not " + node.getNodeType());
    }
    var wanted = new LinkedHashMap<String, String>();
    var values = new HashMap<>(usual);
    node.properties()
        .forEach(
            field -> {
              boolean batch = field.getKey().startsWith(BATCH_KEYS);
              (batch ? values : wanted).put(field.getKey(), field.getValue().asText());
            });
    if (wanted.isEmpty()) {
      throw new ConfigException(
          OVERRIDES + ": say which lanes, by model, account, kind or a name of lane.by: " + node);
    }
    ConfigDef def = defineBatch(new ConfigDef());
    values.keySet().stream()
        .filter(key -> !def.names().contains(key))
        .findFirst()
        .ifPresent(
            key -> {
              throw new ConfigException(
                  OVERRIDES + ": " + ConfigLoader.unknown(key, def.names()).getMessage());
            });
    return new LaneOverride(Map.copyOf(wanted), policy(new AbstractConfig(def, values, false)));
  }
}
