package io.promptferry.e2e.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.command.Commands;
import io.promptferry.local.command.Surroundings;
import io.promptferry.producer.Prompt;
import io.promptferry.producer.PromptProducer;
import io.promptferry.producer.ResponseConsumer;
import io.promptferry.producer.SentPrompt;
import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.ServiceRunner;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import io.promptferry.stack.Broker;
import io.promptferry.stack.Registry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rights of components/strimzi are enough, and those that the docs tell client teams to ask
 * for: on a broker that asks who one is, with an answer, a retry, a dead letter, and a prompt
 * without a key.
 */
class AclIT {

  private static final String PROMPTS =
      """
      {"key":"a","prompt":"one"}
      {"key":"b","prompt":"two"}
      {"key":"c","prompt":"three","model":"unheard-of"}
      {"prompt":"four"}
      """;

  private static final String LOSE_A_LINE =
      """
      [{"call":"line","what":{"lost":true},"times":1}]
      """;

  /** Teams, with the page that says their rights. */
  private static final Map<String, String> TEAMS =
      Map.of("sender", "upstream.md", "reader", "downstream.md");

  private final List<Manifest> users =
      Manifest.read(DeployFolder.ROOT.resolve("components/strimzi/users.yaml"));

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void promptsAreAnsweredWithTheseRightsAndNoOthers(@TempDir Path folder) throws Exception {
    try (Broker broker = Broker.start(asking(folder.resolve("broker")));
        Registry registry = Registry.start(Registry.Settings.in(folder.resolve("registry")));
        Simulator simulator = Simulator.start(SimulatorSettings.in(folder.resolve("simulator")))) {
      assertThat(maySeeAGroup(broker)).as("before anything is granted").isFalse();
      grant(broker);
      loseALine(simulator.baseUrl());
      assertThat(run(client(broker, registry, "promptferry-topics"), "", "topics", "create"))
          .contains("job-states");
      var running = new ArrayList<Running>();
      try {
        for (Service service : KnownKeys.SERVICES) {
          Map<String, String> variables = client(broker, registry, "promptferry-" + service.name());
          variables.putAll(settings(service, simulator.baseUrl(), folder));
          running.add(Running.start(service, variables));
        }
        run(client(broker, registry, "sender"), PROMPTS, "produce", "--input", "-");
        Map<String, String> reader = client(broker, registry, "reader");
        String answers = run(reader, "", "consume", "--from-beginning", "--max", "4");
        assertThat(statuses(answers))
            .containsExactlyInAnyOrder("SUCCEEDED 1", "SUCCEEDED 1", "SUCCEEDED 2", "FAILED 0");
        aServiceSendsAndReads(broker, registry);
      } finally {
        running.forEach(Running::stop);
      }
      lagsAreSeenBy(clientSettings(broker, "promptferry-keda"));
    }
  }

  /** A broker with a password for each user; the listener keeps its name. */
  private Broker.Settings asking(Path folder) {
    String passwords =
        Stream.concat(users.stream().map(Manifest::name), TEAMS.keySet().stream())
            .map(user -> "user_%1$s=\"%1$s\"".formatted(user))
            .collect(Collectors.joining(" "));
    return Broker.Settings.in(folder)
        .with("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT")
        .with("sasl.enabled.mechanisms", "PLAIN")
        .with("sasl.mechanism.inter.broker.protocol", "PLAIN")
        .with(
            "listener.name.plaintext.plain.sasl.jaas.config",
            jaas("admin").replace(";", " user_admin=\"admin\" " + passwords + ";"))
        .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
        .with("super.users", "User:admin;User:ANONYMOUS");
  }

  private static String jaas(String user) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%1$s\" password=\"%1$s\";"
        .formatted(user);
  }

  private void grant(Broker broker) throws Exception {
    var rights = new ArrayList<AclBinding>();
    for (Manifest user : users) {
      for (JsonNode acl : user.at("/spec/authorization/acls")) {
        for (JsonNode operation : acl.path("operations")) {
          rights.add(
              new AclBinding(
                  resource(acl.path("resource")),
                  new AccessControlEntry(
                      "User:" + user.name(),
                      "*",
                      SecurityUtils.operation(operation.asText()),
                      AclPermissionType.ALLOW)));
        }
      }
    }
    for (Map.Entry<String, String> team : TEAMS.entrySet()) {
      List<AclBinding> ofTeam = ClientRights.of(team.getValue(), team.getKey());
      assertThat(ofTeam).as(team.getValue()).hasSize(3);
      rights.addAll(ofTeam);
    }
    try (Admin admin = Admin.create(clientSettings(broker, "admin"))) {
      admin.createAcls(rights).all().get();
    }
  }

  /** Whether the broker lets somebody do what nobody was given the right to. */
  private static boolean maySeeAGroup(Broker broker) throws InterruptedException {
    try (Admin admin = Admin.create(clientSettings(broker, "promptferry-keda"))) {
      admin.listConsumerGroupOffsets("promptferry-slice").partitionsToOffsetAndMetadata().get();
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(GroupAuthorizationException.class);
      return false;
    }
  }

  private static ResourcePattern resource(JsonNode resource) {
    String type = resource.path("type").asText();
    return new ResourcePattern(
        SecurityUtils.resourceType(Character.toUpperCase(type.charAt(0)) + type.substring(1)),
        resource.path("name").asText(),
        resource.path("patternType").asText().equals("prefix")
            ? PatternType.PREFIXED
            : PatternType.LITERAL);
  }

  private static Map<String, Object> clientSettings(Broker broker, String user) {
    return Map.of(
        "bootstrap.servers",
        broker.bootstrapServers(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        jaas(user));
  }

  private static Map<String, String> client(Broker broker, Registry registry, String user) {
    var variables = new TreeMap<String, String>();
    clientSettings(broker, user)
        .forEach(
            (key, value) ->
                variables.put(
                    "PROMPTFERRY_KAFKA_" + key.replace('.', '_').toUpperCase(Locale.ROOT),
                    value.toString()));
    variables.put("PROMPTFERRY_SCHEMA_REGISTRY_URL", registry.url());
    return variables;
  }

  private static Map<String, String> settings(Service service, URI simulator, Path folder) {
    var variables =
        new TreeMap<>(
            Map.of(
                "PROMPTFERRY_HTTP_PORT", "0",
                "PROMPTFERRY_HTTP_HOST", "127.0.0.1",
                "PROMPTFERRY_GEMINI_API_KEY", "simulator",
                "PROMPTFERRY_GEMINI_BASE_URL", simulator.toString()));
    variables.putAll(
        switch (service.name()) {
          case "batcher" ->
              Map.of(
                  "PROMPTFERRY_PROMPT_DEFAULT_MODEL", "gemini-2.5-flash",
                  "PROMPTFERRY_PROMPT_MODELS_ALLOWED", "gemini-2.5-flash",
                  "PROMPTFERRY_BATCH_LINGER_MS", "1000",
                  "PROMPTFERRY_STATE_DIR", folder.resolve("state").toString(),
                  "PROMPTFERRY_SUBMIT_SPOOL_DIR", folder.resolve("submit").toString());
          case "poller" ->
              Map.of(
                  "PROMPTFERRY_POLL_INTERVAL_FIRST_MS", "500",
                  "PROMPTFERRY_POLL_INTERVAL_LONGEST_MS", "1000");
          default ->
              Map.of(
                  "PROMPTFERRY_RETRY_FIRST_MS",
                  "100",
                  "PROMPTFERRY_COLLECT_SPOOL_DIR",
                  folder.resolve("collect").toString());
        });
    return variables;
  }

  private static void loseALine(URI simulator) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(simulator.resolve("/simulator/faults"))
                    .PUT(HttpRequest.BodyPublishers.ofString(LOSE_A_LINE))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** What a command of ours prints. */
  private static String run(Map<String, String> environment, String input, String... args) {
    var out = new ByteArrayOutputStream();
    var print = new PrintStream(out, true, UTF_8);
    int code =
        Commands.of(
                new Surroundings(
                    environment,
                    Clock.systemUTC(),
                    new ByteArrayInputStream(input.getBytes(UTF_8)),
                    print,
                    print))
            .execute(args);
    assertThat(code).as(out.toString(UTF_8)).isZero();
    return out.toString(UTF_8);
  }

  private static List<String> statuses(String answers) throws IOException {
    var statuses = new ArrayList<String>();
    for (String line : answers.lines().filter(text -> text.startsWith("{")).toList()) {
      JsonNode answer = new ObjectMapper().readTree(line);
      statuses.add(answer.path("status").asText() + " " + answer.path("attempt").asText());
    }
    return statuses;
  }

  /** With an idempotent producer and in a group. */
  private static void aServiceSendsAndReads(Broker broker, Registry registry) {
    try (PromptProducer producer =
            PromptProducer.builder()
                .settings(clientSettings(broker, "sender"))
                .schemaRegistry(registry.url())
                .build();
        ResponseConsumer answers =
            ResponseConsumer.builder()
                .settings(clientSettings(broker, "reader"))
                .schemaRegistry(registry.url())
                .group("review-reader")
                .keys("shoes")
                .build()) {
      SentPrompt sent = producer.send(Prompt.text("five").key("shoes").build()).join();
      var read = new ArrayList<String>();
      answers.forEach(
          answer -> {
            read.add(answer.id());
            answers.stop();
          });
      assertThat(read).containsExactly(sent.id());
    }
  }

  /** What KEDA asks. */
  private static void lagsAreSeenBy(Map<String, Object> settings) throws Exception {
    try (Admin admin = Admin.create(settings)) {
      for (String group : List.of("promptferry-slice", "promptferry-collect")) {
        assertThat(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get())
            .isNotEmpty();
      }
      assertThat(admin.listTopics().names().get())
          .containsExactlyInAnyOrder("prompts", "job-states");
    }
  }

  private record Running(ServiceRunner runner, Thread thread) {

    static Running start(Service service, Map<String, String> environment) {
      var runner = new ServiceRunner(service, Clock.systemUTC(), System.err);
      var thread = new Thread(() -> runner.run(null, environment), service.name());
      thread.start();
      return new Running(runner, thread);
    }

    void stop() {
      runner.stop();
    }
  }
}
