package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.Capability;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The image as it is shipped: all services, broker, registry and simulator in containers of their
 * own, read-only and without privileges, and each service killed and replaced on the way.
 */
@Tag("docker")
class ShippedImageIT {

  private static final List<String> SERVICES = List.of("batcher", "poller", "collector");
  private static final int PROMPTS = 600;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int HTTP_PORT = 8080;
  private static final int SIMULATOR_PORT = 8090;
  private static final String REGISTRY_PATH = "/apis/ccompat/v7";

  private final Network network = Network.newNetwork();
  private final KafkaContainer kafka =
      new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"))
          .withNetwork(network)
          .withListener("kafka:19092");
  private final GenericContainer<?> registry =
      new GenericContainer<>(DockerImageName.parse("apicurio/apicurio-registry:3.3.3"))
          .withNetwork(network)
          .withNetworkAliases("registry")
          .withExposedPorts(HTTP_PORT)
          .waitingFor(Wait.forHttp(REGISTRY_PATH + "/subjects").forPort(HTTP_PORT));
  private final Map<String, GenericContainer<?>> services = new HashMap<>();

  @BeforeEach
  void start() {
    kafka.start();
    registry.start();
  }

  @AfterEach
  void stop() {
    services.values().forEach(GenericContainer::stop);
    registry.stop();
    kafka.stop();
    network.close();
  }

  @Test
  void everyServiceIsKilledAndReplacedAndEachPromptHasOneAnswer() throws IOException {
    container("topics", "create")
        .withStartupCheckStrategy(new OneShotStartupCheckStrategy())
        .start();
    GenericContainer<?> simulator =
        container(
                "simulator", "--host", "0.0.0.0", "--data", "/tmp/simulator", "--run-delay", "PT3S")
            .withNetworkAliases("simulator")
            .withExposedPorts(SIMULATOR_PORT)
            .waitingFor(Wait.forHttp("/simulator/ledger").forPort(SIMULATOR_PORT));
    simulator.start();
    services.put("simulator", simulator);
    SERVICES.forEach(this::startService);
    URI provider =
        URI.create("http://" + simulator.getHost() + ":" + simulator.getMappedPort(SIMULATOR_PORT));

    try (var pipeline = new Pipeline(config())) {
      var passages = Passages.bundled().prompts(PROMPTS);
      List<Sent> sent = new ArrayList<>(pipeline.publish(passages.subList(0, PROMPTS / 2)));
      await("the first batch").atMost(PATIENCE).until(() -> pipeline.end("batches") > 0);
      replace("batcher");
      sent.addAll(pipeline.publish(passages.subList(PROMPTS / 2, PROMPTS)));
      await("the first job").atMost(PATIENCE).until(() -> pipeline.end("jobs") > 0);
      replace("poller");
      await("a first answer").atMost(PATIENCE).until(() -> !pipeline.answers().isEmpty());
      replace("collector");
      await("all answers").atMost(PATIENCE).until(() -> pipeline.answers().size() >= PROMPTS);

      Verdict verdict = pipeline.verdict(sent, provider);
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.passed()).isTrue();
    }
  }

  /** As a node that dies: no SIGTERM. */
  private void replace(String service) {
    GenericContainer<?> old = Objects.requireNonNull(services.get(service));
    old.getDockerClient().killContainerCmd(old.getContainerId()).withSignal("KILL").exec();
    startService(service);
    old.stop();
  }

  private void startService(String service) {
    GenericContainer<?> container =
        container(service)
            .withExposedPorts(HTTP_PORT)
            .waitingFor(Wait.forHttp("/readyz").forPort(HTTP_PORT).withStartupTimeout(PATIENCE));
    container.start();
    services.put(service, container);
  }

  private GenericContainer<?> container(String... command) {
    return new GenericContainer<>(ServiceImage.name())
        .withNetwork(network)
        .withCommand(command)
        .withEnv(environment(command[0]))
        .withTmpFs(Map.of("/tmp", "mode=1777,exec"))
        .withCreateContainerCmdModifier(
            create ->
                Objects.requireNonNull(create.getHostConfig())
                    .withReadonlyRootfs(true)
                    .withCapDrop(Capability.ALL)
                    .withMemory(768L << 20));
  }

  /** As compose and Kubernetes have it: all of the configuration in the environment. */
  private static Map<String, String> environment(String command) {
    var environment =
        new HashMap<>(
            Map.of(
                "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS",
                "kafka:19092",
                "PROMPTFERRY_SCHEMA_REGISTRY_URL",
                "http://registry:8080" + REGISTRY_PATH));
    if (SERVICES.contains(command)) {
      environment.put("PROMPTFERRY_GEMINI_API_KEY", "simulator");
      environment.put("PROMPTFERRY_GEMINI_BASE_URL", "http://simulator:8090");
      // Instead of 45 s until the partitions of a killed service go to its successor.
      environment.put("PROMPTFERRY_KAFKA_CONSUMER_SESSION_TIMEOUT_MS", "6000");
    }
    if (command.equals("batcher")) {
      environment.put("PROMPTFERRY_KAFKA_STREAMS_CONSUMER_SESSION_TIMEOUT_MS", "6000");
      environment.put("PROMPTFERRY_PROMPT_DEFAULT_MODEL", "gemini-2.5-flash");
      environment.put("PROMPTFERRY_BATCH_LINGER_MS", "2000");
      environment.put("PROMPTFERRY_BATCH_MAX_REQUESTS", "50");
    }
    if (command.equals("poller")) {
      environment.put("PROMPTFERRY_POLL_INTERVAL_FIRST_MS", "250");
      environment.put("PROMPTFERRY_POLL_INTERVAL_LONGEST_MS", "1000");
    }
    return environment;
  }

  private ServiceConfig config() {
    return ConfigLoader.load(
        Topics.define(ServiceConfig.define()),
        null,
        Map.of(
            "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS",
            kafka.getBootstrapServers(),
            "PROMPTFERRY_SCHEMA_REGISTRY_URL",
            "http://"
                + registry.getHost()
                + ":"
                + registry.getMappedPort(HTTP_PORT)
                + REGISTRY_PATH));
  }
}
