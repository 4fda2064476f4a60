package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.client.ClientConfig;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.SchemaRegistration;
import io.promptferry.schemas.TopicAdmin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a command says of an address where nobody answers. */
class ComplaintsTest {

  private static final String NO_BROKER = "127.0.0.1:1";
  private static final String NO_REGISTRY = "http://127.0.0.1:1";

  @Command(name = "tool")
  private static final class Tool implements Runnable {
    @Mixin private final Connection connection = new Connection();
    private final Consumer<ServiceConfig> work;

    private Tool(Consumer<ServiceConfig> work) {
      this.work = work;
    }

    @Override
    public void run() {
      work.accept(connection.config(Map.of()));
    }
  }

  @Command(name = "service")
  private record Service(Consumer<ServiceConfig> work) implements Runnable {
    @Override
    public void run() {
      work.accept(ClientConfig.of(NO_BROKER, NO_REGISTRY, Map.of()));
    }
  }

  @Test
  void ofABrokerAToolNamesTheOptionAndAServiceTheKeyAlone() {
    String message = "the Kafka cluster did not answer within 0 s";
    String check = ": check kafka.bootstrap.servers";
    assertThat(tool(ComplaintsTest::askBroker, "--bootstrap", NO_BROKER))
        .isEqualTo("tool: " + message + " at " + NO_BROKER + check + " (--bootstrap)");
    assertThat(said(new Service(ComplaintsTest::askBroker)))
        .isEqualTo("service: " + message + check);
  }

  @Test
  void ofARegistryToo() {
    String message = "the schema registry does not answer";
    String check = ": check schema.registry.url";
    assertThat(tool(ComplaintsTest::askRegistry, "--registry", NO_REGISTRY))
        .isEqualTo("tool: " + message + " at " + NO_REGISTRY + check + " (--registry)");
    assertThat(said(new Service(ComplaintsTest::askRegistry)))
        .isEqualTo("service: " + message + check);
  }

  @Test
  void theAddressIsToldWithoutItsCredentials() {
    assertThat(
            tool(
                ComplaintsTest::askRegistry,
                "--registry",
                "http://user:not-to-be-seen@127.0.0.1:1"))
        .contains(" at http://127.0.0.1:1: check")
        .doesNotContain("not-to-be-seen");
  }

  @Test
  void ofAnAddressThatIsNoneTheReasonIsTold() {
    assertThat(tool(ComplaintsTest::askBroker, "--bootstrap", "nonsense"))
        .isEqualTo("tool: Invalid url in kafka.bootstrap.servers (--bootstrap): nonsense");
  }

  @Test
  void aKeyInQuotesIsLeftAsItIs() {
    String message =
        "unknown configuration key 'x'; the nearest known one is 'schema.registry.url'";
    assertThat(
            tool(
                config -> {
                  throw new ConfigException(message);
                }))
        .isEqualTo("tool: " + message);
  }

  private static void askBroker(ServiceConfig config) {
    try (Admin admin = new KafkaClients(config).admin()) {
      new TopicAdmin(admin, Duration.ofMillis(100)).names();
    }
  }

  private static void askRegistry(ServiceConfig config) {
    var settings = new HashMap<>(config.registry());
    settings.put("max.retries", 0);
    SchemaRegistration.register(new RecordSerdes(settings));
  }

  private static String tool(Consumer<ServiceConfig> work, String... words) {
    return said(new Tool(work), words);
  }

  private static String said(Object command, String... words) {
    var err = new StringWriter();
    new CommandLine(command)
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler(new Complaints())
        .execute(words);
    assertThat(err.toString().lines()).hasSize(1);
    return err.toString().strip();
  }
}
