package io.promptferry.local.client;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * How the tools find Kafka and the schema registry: as the services do, so that a service's own
 * file serves a tool too.
 */
public final class ClientConfig {

  /** Where {@code promptferry up} listens when nothing else is said. */
  public static final String USUAL_BOOTSTRAP = "127.0.0.1:9092";

  public static final String USUAL_REGISTRY = "http://127.0.0.1:8081/apis/ccompat/v7";

  private static final String BOOTSTRAP_VARIABLE = "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS";
  private static final String REGISTRY_VARIABLE = "PROMPTFERRY_SCHEMA_REGISTRY_URL";
  private static final String PREFIX_VARIABLE = "PROMPTFERRY_TOPICS_PREFIX";

  /**
   * What was asked for by name; goes over the environment, and that over the file.
   *
   * @param bootstrap Kafka's brokers
   * @param registry the schema registry's URL
   * @param prefix before the name of every topic
   */
  public record Wanted(
      Optional<String> bootstrap, Optional<String> registry, Optional<String> prefix) {}

  private ClientConfig() {}

  /**
   * For a broker and a registry that are known; takes nothing from the environment.
   *
   * @param keys of a service; those that name topics count
   */
  public static ServiceConfig of(String bootstrap, String registry, Map<String, String> keys) {
    Map<String, String> variables = new HashMap<>();
    for (String key : Topics.define(new ConfigDef()).names()) {
      if (keys.containsKey(key)) {
        variables.put(
            "PROMPTFERRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), keys.get(key));
      }
    }
    return load(
        new Wanted(Optional.of(bootstrap), Optional.of(registry), Optional.empty()),
        null,
        variables);
  }

  /**
   * Loads and checks.
   *
   * @param file a properties file, a service's own among them; without one the addresses of {@code
   *     promptferry up} are taken for those that nobody names
   * @throws org.apache.kafka.common.config.ConfigException when the file cannot be read, a key is
   *     unknown or a value is wrong
   */
  public static ServiceConfig load(
      Wanted wanted, @Nullable Path file, Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>(environment);
    wanted.bootstrap().ifPresent(value -> variables.put(BOOTSTRAP_VARIABLE, value));
    wanted.registry().ifPresent(value -> variables.put(REGISTRY_VARIABLE, value));
    wanted.prefix().ifPresent(value -> variables.put(PREFIX_VARIABLE, value));
    if (file == null) {
      variables.putIfAbsent(BOOTSTRAP_VARIABLE, USUAL_BOOTSTRAP);
      variables.putIfAbsent(REGISTRY_VARIABLE, USUAL_REGISTRY);
    }
    return ConfigLoader.load(define(), file, variables);
  }

  private static ConfigDef define() {
    ConfigDef def = ResponseSettings.define(Topics.define(ServiceConfig.define()));
    for (Service service :
        List.of(new BatcherService(), new PollerService(), new CollectorService())) {
      for (String key : service.config().names()) {
        if (!def.names().contains(key)) {
          // As text without rules: a tool reads over it, only a misspelt key is an error.
          def.define(key, ConfigDef.Type.STRING, "", ConfigDef.Importance.LOW, "A service's own.");
        }
      }
    }
    return def;
  }
}
