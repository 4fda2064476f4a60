package io.promptferry.local.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

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
 *     name
 * @param queueDelay how long the simulator keeps a job pending; half a second by default
 * @param runDelay how long the simulator runs a job; one second by default
 */
public record StackSettings(
    Path folder,
    StackPorts ports,
    int promptPartitions,
    int innerPartitions,
    List<String> services,
    Map<String, Map<String, String>> overrides,
    Duration queueDelay,
    Duration runDelay) {

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
        Duration.ofSeconds(1));
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
        runDelay);
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
        runDelay);
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
        runDelay);
  }

  /** The same with other delays of the simulator. */
  public StackSettings withDelays(Duration queue, Duration run) {
    return new StackSettings(
        folder, ports, promptPartitions, innerPartitions, services, overrides, queue, run);
  }
}
