package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/**
 * docs/config.md is generated from the code. {@code mvn -pl e2e test -Dtest=ConfigDocsTest
 * -Dpromptferry.docs.write=true} writes it; without the flag this test fails where the file
 * differs.
 */
class ConfigDocsTest {

  private static final Path FILE = Repository.root().resolve("docs/config.md");
  private static final List<Service> SERVICES =
      List.of(new BatcherService(), new PollerService(), new CollectorService());

  private static final String HEAD =
      """
      # Configuration

      <!-- Generated from the code by ConfigDocsTest; do not edit. -->

      Every service reads a properties file (`--config FILE`) and, over it, variables of the environment:
      `PROMPTFERRY_BATCH_LINGER_MS` stands for `batch.linger.ms`. A value may refer to a secret, `${env:NAME}` or
      `${file:/run/secrets/key}`. An unknown key is an error that names the nearest known one.

      Keys that begin with `kafka.` go to all Kafka clients without that prefix, `kafka.consumer.`, `kafka.producer.` and
      `kafka.streams.` to each kind; keys that begin with `schema.registry.` go to the registry's client as they are.

      | key | default | services | meaning |
      | --- | --- | --- | --- |
      """;

  @Test
  void theOptionTableIsWhatTheCodeSays() throws IOException {
    String generated = HEAD + rows();
    if (Boolean.getBoolean("promptferry.docs.write")) {
      Files.writeString(FILE, generated);
    }
    assertThat(FILE).content().isEqualTo(generated);
  }

  private static String rows() {
    var rows = new TreeMap<String, String>();
    for (Service service : SERVICES) {
      service.config().configKeys().values().forEach(key -> rows.put(key.name, row(key)));
    }
    return String.join("", rows.values());
  }

  private static String row(ConfigDef.ConfigKey key) {
    String services =
        SERVICES.stream()
            .filter(service -> service.config().names().contains(key.name))
            .map(Service::name)
            .collect(Collectors.joining(", "));
    return "| `%s` | %s | %s | %s |\n"
        .formatted(key.name, defaultOf(key), services, key.documentation.replace("|", "\\|"));
  }

  private static String defaultOf(ConfigDef.ConfigKey key) {
    if (!key.hasDefault()) {
      return "required";
    }
    String value = ConfigDef.convertToString(key.defaultValue, key.type);
    return value == null || value.isEmpty() ? "empty" : "`" + value + "`";
  }
}
