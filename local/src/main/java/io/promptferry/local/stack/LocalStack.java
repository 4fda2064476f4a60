package io.promptferry.local.stack;

import io.promptferry.local.client.ClientConfig;
import io.promptferry.local.client.Setup;
import io.promptferry.local.live.LiveAccess;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.stack.Broker;
import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.Registry;
import io.promptferry.stack.StackException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on one machine: broker, registry, topics, simulator and services, each a child process
 * with its own configuration file and log, and none of them with anything from this process's
 * environment that could be a key or an address; but for the services of a live stack, which have
 * no simulator and are given the one key.
 */
public final class LocalStack implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LocalStack.class);
  private static final String SIMULATOR = "simulator";
  private static final String BROKER = "broker";

  private final StackSettings settings;
  private final StackPorts ports;
  private final Map<String, Integer> servicePorts = new LinkedHashMap<>();
  private final Path folder;
  private final Map<String, StackService> services = new LinkedHashMap<>();
  private final Deque<Runnable> stops = new ArrayDeque<>();
  private @Nullable Broker broker;
  private @Nullable Registry registry;

  private LocalStack(StackSettings settings, StackPorts ports) {
    this.settings = settings;
    this.ports = ports;
    this.folder = settings.folder().toAbsolutePath().normalize();
    settings.services().forEach(instance -> servicePorts.put(instance, portOf(instance)));
  }

  /**
   * Starts all of it and returns when every service is ready. An interrupt ends the start.
   *
   * @param progress told one short line for each step
   * @throws StackException when something does not come up, or a port is in use; one line that says
   *     what to do; no process is left behind
   */
  public static LocalStack start(StackSettings settings, Consumer<String> progress) {
    StackPorts wanted = settings.ports();
    LocalStack stack =
        new LocalStack(
            settings, (settings.live().isPresent() ? wanted.withoutSimulator() : wanted).claimed());
    try {
      stack.startAll(progress);
      return stack;
    } catch (RuntimeException | Error e) {
      stack.close();
      throw e;
    }
  }

  private void startAll(Consumer<String> progress) {
    boolean simulated = settings.live().isEmpty();
    ProviderMark.check(
        folder, settings.live().map(LiveAccess::address).orElse(ProviderMark.SIMULATOR));
    progress.accept(
        "starting "
            + (simulated ? "the simulator, " : "")
            + "a Kafka broker and a schema registry");
    if (simulated) {
      startSimulator();
    }
    broker = Broker.start(brokerSettings());
    stops.push(broker::close);
    registry = Registry.start(folder.resolve("registry"), ports.registry());
    stops.push(registry::close);
    progress.accept("making topics and registering schemas");
    Setup.run(clientConfig(), settings.promptPartitions(), settings.innerPartitions());
    if (simulated) {
      find(SIMULATOR).awaitReady();
    }
    progress.accept("starting " + String.join(", ", settings.services()));
    startServices();
    services.values().forEach(StackService::awaitReady);
    progress.accept("ready");
  }

  private Broker.Settings brokerSettings() {
    Broker.Settings all = Broker.Settings.in(folder.resolve(BROKER)).onPort(ports.kafka());
    Map<String, String> overrides = settings.overrides().getOrDefault(BROKER, Map.of());
    for (Map.Entry<String, String> property : overrides.entrySet()) {
      all = all.with(property.getKey(), property.getValue());
    }
    return all;
  }

  private void startSimulator() {
    Path home = folder.resolve(SIMULATOR);
    add(
        SIMULATOR,
        simulatorUrl().resolve("/simulator/health"),
        Map.of(),
        List.of(
            "--port", Integer.toString(ports.simulator()),
            "--data", home.resolve("data").toString(),
            "--queue-delay", settings.queueDelay().toString(),
            "--run-delay", settings.runDelay().toString()));
  }

  private void startServices() {
    Optional<LiveAccess> live = settings.live();
    ServiceFiles files =
        new ServiceFiles(
            bootstrapServers(),
            registryUrl(),
            live.map(LiveAccess::address).orElseGet(() -> simulatorUrl().toString()),
            live.isPresent());
    Map<String, String> environment = live.map(LiveAccess::variables).orElse(Map.of());
    stops.push(this::stopServices);
    servicePorts.forEach(
        (name, port) -> {
          Map<String, String> overrides = settings.overrides().getOrDefault(name, Map.of());
          Path file = files.write(name, folder.resolve(name), port, overrides);
          URI probe = URI.create("http://127.0.0.1:" + port + "/readyz");
          add(name, probe, environment, List.of("--config", file.toString()));
        });
  }

  private void add(
      String name, URI probe, Map<String, String> environment, List<String> arguments) {
    StackService service =
        StackService.start(name, folder.resolve(name), probe, arguments, environment);
    services.put(name, service);
    if (name.equals(SIMULATOR)) {
      stops.push(service::stop);
    }
  }

  private int portOf(String instance) {
    return switch (instance) {
      case ServiceFiles.BATCHER -> ports.batcher();
      case ServiceFiles.POLLER -> ports.poller();
      case ServiceFiles.COLLECTOR -> ports.collector();
      default -> ports.another();
    };
  }

  /** What a client takes as {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + ports.kafka();
  }

  /** What a client takes as {@code schema.registry.url}. */
  public String registryUrl() {
    return registry == null ? "" : registry.url();
  }

  /** The simulator's base URL; nobody answers there in a stack that is live. */
  public URI simulatorUrl() {
    return URI.create("http://127.0.0.1:" + ports.simulator());
  }

  /** The key that the simulator takes and the services use. */
  public String simulatorKey() {
    return ServiceFiles.API_KEY;
  }

  /** Holds data, configurations and logs. */
  public Path folder() {
    return folder;
  }

  /** Everything that answers, in the order of its start. */
  public List<Endpoint> endpoints() {
    List<Endpoint> all = new ArrayList<>();
    if (broker != null && registry != null) {
      all.add(new Endpoint(BROKER, bootstrapServers(), broker.process().log()));
      all.add(new Endpoint("registry", registryUrl(), registry.process().log()));
    }
    if (isService(SIMULATOR)) {
      all.add(new Endpoint(SIMULATOR, simulatorUrl().toString(), service(SIMULATOR).log()));
    }
    servicePorts.forEach(
        (name, port) ->
            all.add(new Endpoint(name, "http://127.0.0.1:" + port, service(name).log())));
    return all;
  }

  /** The processes, of the broker and the registry too, as they are now. */
  public List<ChildProcess> processes() {
    List<ChildProcess> all = new ArrayList<>();
    if (broker != null) {
      all.add(broker.process());
    }
    if (registry != null) {
      all.add(registry.process());
    }
    services.values().forEach(service -> all.add(service.process()));
    return all;
  }

  /** For Kafka clients in this process. */
  public ServiceConfig clientConfig() {
    return ClientConfig.of(
        bootstrapServers(),
        registryUrl(),
        settings.overrides().getOrDefault(ServiceFiles.BATCHER, Map.of()));
  }

  /** The process of {@code simulator} or of one of {@link StackSettings#services}. */
  public ChildProcess service(String name) {
    return find(name).process();
  }

  /** Starts a service again, at the same port with the same data; returns when it is ready. */
  public void restart(String name) {
    find(name).restart();
  }

  /** Whether {@link #restart} can start it again. */
  public boolean isService(String name) {
    return services.containsKey(name);
  }

  private StackService find(String name) {
    StackService service = services.get(name);
    if (service == null) {
      throw new IllegalArgumentException("no service is called " + name);
    }
    return service;
  }

  /** Stops the services first, then registry, broker and simulator; harmless when repeated. */
  @Override
  public void close() {
    // Waiting for a child while an interrupt is pending would kill it.
    boolean interrupted = Thread.interrupted();
    while (!stops.isEmpty()) {
      try {
        stops.pop().run();
      } catch (RuntimeException e) {
        LOG.warn("a part of the stack did not stop in order", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** All at once: each has to wait for Kafka, none for another. */
  private void stopServices() {
    CompletableFuture.allOf(
            services.values().stream()
                .filter(service -> !service.name().equals(SIMULATOR))
                .map(service -> CompletableFuture.runAsync(service::stop))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }
}
