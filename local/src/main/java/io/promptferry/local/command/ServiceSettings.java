package io.promptferry.local.command;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.service.Service;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --set}: keys that go to each service of a stack that knows them. */
public final class ServiceSettings {

  private static final List<Service> SERVICES =
      List.of(new BatcherService(), new PollerService(), new CollectorService());

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A key of docs/config.md, given to every service that knows it, for example --set"
              + " batch.linger.ms=60000. May be repeated")
  private final Map<String, String> values = new LinkedHashMap<>();

  /** What was set for a key. */
  public Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** The keys that were set. */
  public Set<String> keys() {
    return Set.copyOf(values.keySet());
  }

  /**
   * What each service gets.
   *
   * @throws ConfigException when no service knows a key, or a value is wrong
   */
  public Map<String, Map<String, String>> byService() {
    var overrides = new HashMap<String, Map<String, String>>();
    values.forEach(
        (key, value) -> {
          List<Service> knowing = SERVICES.stream().filter(s -> knows(s, key)).toList();
          if (knowing.isEmpty()) {
            throw ConfigLoader.unknown(key, known());
          }
          for (Service service : knowing) {
            check(service.config().configKeys().get(key), value);
            overrides.computeIfAbsent(service.name(), name -> new HashMap<>()).put(key, value);
          }
        });
    return overrides;
  }

  private static Set<String> known() {
    return SERVICES.stream()
        .flatMap(service -> service.config().names().stream())
        .collect(Collectors.toSet());
  }

  /** Now, since a service would say it into its log only, and after everything else is up. */
  private static void check(ConfigDef.@Nullable ConfigKey key, String value) {
    if (key == null) {
      return; // One that is passed on.
    }
    Object parsed = ConfigDef.parseType(key.name, value, key.type);
    if (key.validator != null) {
      key.validator.ensureValid(key.name, parsed);
    }
  }

  private static boolean knows(Service service, String key) {
    return service.config().names().contains(key) || key.startsWith("kafka.");
  }
}
