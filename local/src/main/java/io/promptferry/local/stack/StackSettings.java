package io.promptferry.local.stack;

import io.promptferry.local.live.LiveAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a {@link LocalStack} runs.
 *
 * @param folder for data, configurations and logs; one that was used before is gone on with
 * @param ports where everything listens; free ones by default
 * @param promptPartitions partitions of the prompts topic, where it is made; 3 by default
 * @param innerPartitions partitions of the topics between the services, where they are made; 3 by
 *     default
 * @param services what runs beside broker, registry and simulator: {@code batcher}, {@code poller}
 *     and {@code collector} by default; {@code batcher-2} is a second instance of the batcher
 * @param overrides configuration keys that go over those of {@link ServiceFiles}, by the service's
 *     name; those of {@code broker} are properties of the broker
 * @param queueDelay how long the simulator keeps a job pending; half a second by default
 * @param runDelay how long the simulator runs a job; one second by default
 * @param live Gemini itself instead of the simulator; by default empty
 */
public record StackSettings(
    Path folder,
    StackPorts ports,
    int promptPartitions,
    int innerPartitions,
    List<String> services,
    Map<String, Map<String, String>> overrides,
    Duration queueDelay,
    Duration runDelay,
    Optional<LiveAccess> live) {

  public StackSettings {
    services = List.copyOf(services);
    overrides = Map.copyOf(overrides);
  }

  /** The defaults, in the given folder. */
  public static StackSettings defaults(Path folder) {
    return new StackSettings(
        folder,
        StackPorts.FREE,
        3,
        3,
        ServiceFiles.SERVICES,
        Map.of(),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Optional.empty());
  }

  /** The same on other ports. */
  public StackSettings on(StackPorts newPorts) {
    return new StackSettings(
        folder,
        newPorts,
        promptPartitions,
        innerPartitions,
        services,
        overrides,
        queueDelay,
        runDelay,
        live);
  }

  /** The same with other keys over the services' configurations. */
  public StackSettings with(Map<String, Map<String, String>> newOverrides) {
    return new StackSettings(
        folder,
        ports,
        promptPartitions,
        innerPartitions,
        services,
        newOverrides,
        queueDelay,
        runDelay,
        live);
  }

  /** The same with other services. */
  public StackSettings running(String... instances) {
    return new StackSettings(
        folder,
        ports,
        promptPartitions,
        innerPartitions,
        List.of(instances),
        overrides,
        queueDelay,
        runDelay,
        live);
  }

  /** The same with other delays of the simulator. */
  public StackSettings withDelays(Duration queue, Duration run) {
    return new StackSettings(
        folder, ports, promptPartitions, innerPartitions, services, overrides, queue, run, live);
  }

  /** The same with Gemini itself, or with the simulator for empty. */
  public StackSettings live(Optional<LiveAccess> access) {
    return new StackSettings(
        folder,
        ports,
        promptPartitions,
        innerPartitions,
        services,
        overrides,
        queueDelay,
        runDelay,
        access);
  }

  /** The model of prompts that name none. */
  public String model() {
    return batcher("prompt.default.model", ServiceFiles.MODEL);
  }

  /** The most prompts of a batch. */
  public int mostRequests() {
    return Integer.parseInt(
        batcher("batch.max.requests", Integer.toString(ServiceFiles.MOST_REQUESTS)).strip());
  }

  private String batcher(String key, String otherwise) {
    return overrides.getOrDefault(ServiceFiles.BATCHER, Map.of()).getOrDefault(key, otherwise);
  }
}
