package io.promptferry.batcher.lane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.schemas.PromptValidation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  private static final List<String> KINDS = Stream.of(LaneKind.values()).map(Enum::name).toList();

  /** What every lane has, besides its labels. */
  private static final Set<String> PARTS = Set.of("model", "account", "kind");

  /**
   * Reads the array.
   *
   * @param key of the configuration, for the message
   * @param isValue whether a field says something of the lanes; the others say which
   * @throws ConfigException when it is no array of objects, or one says nothing of which lanes, or
   *     wants what no lane can have
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
    for (var field : node.properties()) {
      String name = field.getKey();
      if (!field.getValue().isValueNode() || field.getValue().isNull()) {
        throw new ConfigException(key + ": " + name + " must be a text or a number: " + node);
      }
      String text = field.getValue().asText();
      if (isValue.test(name)) {
        values.put(name, text);
      } else {
        wanted.put(name, selector(key, name, text));
      }
    }
    if (wanted.isEmpty()) {
      throw new ConfigException(
          key + ": say which lanes, by model, account, kind or a name of lane.by: " + node);
    }
    return new LaneRule(Collections.unmodifiableMap(wanted), Map.copyOf(values));
  }

  /** What a lane has if it has the value; refuses one that none can have. */
  private static String selector(String key, String name, String value) {
    if (value.isBlank()) {
      throw new ConfigException(key + ": give " + name + " a value or leave it out");
    }
    if (name.equals("kind") && !KINDS.contains(value)) {
      throw new ConfigException(key + ": kind must be one of " + KINDS + ", not " + value);
    }
    if (name.equals("model") && !PromptValidation.isModelName(value)) {
      throw new ConfigException(
          key + ": model must be a name such as gemini-2.5-flash, not " + value);
    }
    return name.equals("model") ? PromptValidation.plainName(value) : value;
  }

  /** The labels' names that the rules want. */
  static Set<String> labels(Collection<LaneRule> rules) {
    return rules.stream()
        .map(LaneRule::wanted)
        .map(Map::keySet)
        .flatMap(Set::stream)
        .filter(name -> !PARTS.contains(name))
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
