package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.local.client.Setup;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.ServiceRunner;
import io.promptferry.schemas.Topics;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The road on the broker and the registry as they are published, which are not the jars of the
 * embedded stack.
 */
@Tag("docker")
class PublishedImagesIT {

  private static final int PROMPTS = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String REGISTRY_PATH = "/apis/ccompat/v7";
  private static final int REGISTRY_PORT = 8080;

  private final List<ServiceRunner> running = new ArrayList<>();

  @Test
  void eachPromptHasOneAnswerAndOneBill(@TempDir Path folder) throws IOException {
    try (var kafka = new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"));
        var registry =
            new GenericContainer<>(DockerImageName.parse("apicurio/apicurio-registry:3.3.3"));
        var simulator = Simulator.start(SimulatorSettings.in(folder.resolve("simulator")))) {
      kafka.start();
      registry
          .withExposedPorts(REGISTRY_PORT)
          .waitingFor(Wait.forHttp(REGISTRY_PATH + "/subjects"))
          .start();
      String registryUrl =
          "http://"
              + registry.getHost()
              + ":"
              + registry.getMappedPort(REGISTRY_PORT)
              + REGISTRY_PATH;
      Map<String, String> connections =
          Map.of(
              "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS",
              kafka.getBootstrapServers(),
              "PROMPTFERRY_SCHEMA_REGISTRY_URL",
              registryUrl);
      ServiceConfig config =
          ConfigLoader.load(Topics.define(ServiceConfig.define()), null, connections);
      Setup.run(config, 3, 3);
      startServices(connections, simulator.baseUrl().toString(), folder);
      try (var pipeline = new Pipeline(config)) {
        List<Sent> sent = pipeline.publish(Passages.bundled().prompts(PROMPTS));
        await("all answers").atMost(PATIENCE).until(() -> pipeline.answers().size() >= PROMPTS);
        Verdict verdict = pipeline.verdict(sent, simulator.baseUrl());
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.passed()).isTrue();
      } finally {
        running.forEach(ServiceRunner::stop);
      }
    }
  }

  /** As in a container: all of the configuration in the environment. */
  private void startServices(Map<String, String> connections, String simulator, Path folder) {
    var environment = new HashMap<>(connections);
    environment.put("PROMPTFERRY_HTTP_PORT", "0");
    environment.put("PROMPTFERRY_GEMINI_API_KEY", "simulator");
    environment.put("PROMPTFERRY_GEMINI_BASE_URL", simulator);
    start(
        new BatcherService(),
        environment,
        Map.of(
            "PROMPTFERRY_PROMPT_DEFAULT_MODEL",
            "gemini-2.5-flash",
            "PROMPTFERRY_BATCH_LINGER_MS",
            "1000",
            "PROMPTFERRY_STATE_DIR",
            folder.resolve("state").toString(),
            "PROMPTFERRY_SUBMIT_SPOOL_DIR",
            folder.resolve("submit").toString()));
    start(new PollerService(), environment, Map.of("PROMPTFERRY_POLL_INTERVAL_FIRST_MS", "250"));
    start(
        new CollectorService(),
        environment,
        Map.of("PROMPTFERRY_COLLECT_SPOOL_DIR", folder.resolve("collect").toString()));
  }

  private void start(Service service, Map<String, String> environment, Map<String, String> more) {
    var all = new HashMap<>(environment);
    all.putAll(more);
    var runner = new ServiceRunner(service, Clock.systemUTC(), System.err);
    running.add(runner);
    new Thread(() -> runner.run(null, all), service.name()).start();
  }
}
