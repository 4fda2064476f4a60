package io.promptferry.batcher.lane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/**
 * One object of a JSON array in the configuration: which lanes, and what is said of them.
 *
 * @param wanted by model, account, kind or a label's name, what a lane must have
 * @param values all else
 */
public record LaneRule(Map<String, String> wanted, Map<String, String> values) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * Reads the array.
   *
   * @param key of the configuration, for the message
   * @param isValue whether a field says something of the lanes; the others say which
   * @throws ConfigException when it is no array of objects, or one says nothing of which lanes
   */
  public static List<LaneRule> parse(String key, String json, Predicate<String> isValue) {
    JsonNode array;
    try {
      array = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ConfigException(key + " is not JSON: column " + e.getLocation().getColumnNr());
    }
    if (!array.isArray()) {
      throw new ConfigException(key + " must be a JSON array of objects");
    }
    var rules = new ArrayList<LaneRule>();
    array.forEach(node -> rules.add(rule(key, node, isValue)));
    return List.copyOf(rules);
  }

  private static LaneRule rule(String key, JsonNode node, Predicate<String> isValue) {
    if (!node.isObject()) {
      throw new ConfigException(key + " must hold objects only, not " + node.getNodeType());
    }
    var wanted = new LinkedHashMap<String, String>();
    var values = new LinkedHashMap<String, String>();
    node.properties()
        .forEach(
            field ->
                (isValue.test(field.getKey()) ? values : wanted)
                    .put(field.getKey(), field.getValue().asText()));
    if (wanted.isEmpty()) {
      throw new ConfigException(
          key + ": say which lanes, by model, account, kind or a name of lane.by: " + node);
    }
    return new LaneRule(Map.copyOf(wanted), Map.copyOf(values));
  }

  /** The labels' names that the rules want. */
  static Set<String> labels(Collection<LaneRule> rules) {
    return rules.stream()
        .map(LaneRule::wanted)
        .map(Map::keySet)
        .flatMap(Set::stream)
        .filter(name -> !LaneLabels.TAKEN.contains(name))
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean matches(Lane lane) {
    var has = new HashMap<>(lane.getLabels());
    has.put("model", lane.getModel());
    has.put("account", lane.getAccount());
    has.put("kind", lane.getKind().name());
    return has.entrySet().containsAll(wanted.entrySet());
  }
}
