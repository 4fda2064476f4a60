package io.promptferry.local.command;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.service.Service;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** {@code --set}: keys that go to each service of a stack that knows them. */
final class ServiceSettings {

  private static final List<Service> SERVICES =
      List.of(new BatcherService(), new PollerService(), new CollectorService());

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A key of docs/config.md, given to every service that knows it, for example --set"
              + " batch.linger.ms=60000. May be repeated")
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * What each service gets.
   *
   * @throws CommandException when no service knows a key
   */
  Map<String, Map<String, String>> byService() {
    var overrides = new HashMap<String, Map<String, String>>();
    values.forEach(
        (key, value) -> {
          List<Service> knowing = SERVICES.stream().filter(s -> knows(s, key)).toList();
          if (knowing.isEmpty()) {
            throw new CommandException("no service knows the key " + key + ": see docs/config.md");
          }
          knowing.forEach(
              service ->
                  overrides
                      .computeIfAbsent(service.name(), name -> new HashMap<>())
                      .put(key, value));
        });
    return overrides;
  }

  private static boolean knows(Service service, String key) {
    return service.config().names().contains(key) || key.startsWith("kafka.");
  }
}
