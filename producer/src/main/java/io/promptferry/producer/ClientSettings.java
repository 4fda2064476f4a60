package io.promptferry.producer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * One map of settings, parted by who reads them.
 *
 * @param own those that begin with {@code promptferry.}
 * @param registry the registry's, by Confluent's names
 * @param kafka all others
 */
record ClientSettings(AbstractConfig own, Map<String, Object> registry, Map<String, Object> kafka) {

  static final String REGISTRY_URL = "schema.registry.url";

  private static final String OWN = "promptferry.";
  private static final List<String> REGISTRY =
      List.of("schema.registry.", "basic.auth.", "bearer.auth.");

  /**
   * Parts them.
   *
   * @throws ConfigException for a key of ours that does not exist, or a value that is wrong
   */
  static ClientSettings of(ConfigDef def, Map<String, ?> all) {
    var own = new HashMap<String, Object>();
    var registry = new HashMap<String, Object>();
    var kafka = new HashMap<String, Object>();
    all.forEach(
        (key, value) -> {
          if (key.startsWith(OWN)) {
            own.put(key, value);
          } else if (REGISTRY.stream().anyMatch(key::startsWith)) {
            registry.put(key, value);
          } else {
            kafka.put(key, value);
          }
        });
    for (String key : own.keySet()) {
      if (!def.names().contains(key)) {
        // A misspelt limit that silently does not hold would be found in production.
        throw new ConfigException(
            key + " is no setting; there are " + String.join(", ", new TreeSet<>(def.names())));
      }
    }
    if (!registry.containsKey(REGISTRY_URL)) {
      throw new ConfigException(
          REGISTRY_URL + " is not set: name the schema registry, for example http://registry:8081");
    }
    return new ClientSettings(new AbstractConfig(def, own, false), registry, kafka);
  }
}
