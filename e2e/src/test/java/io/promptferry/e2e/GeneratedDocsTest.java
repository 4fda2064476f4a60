package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.ErrorReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/**
 * The tables in docs/ are generated from the code. {@code mvn -pl e2e test -Dtest=GeneratedDocsTest
 * -Dpromptferry.docs.write=true} writes them; without the flag this test fails where a file
 * differs.
 */
class GeneratedDocsTest {

  private static final Path DOCS = Repository.root().resolve("docs");
  private static final List<Service> SERVICES =
      List.of(new BatcherService(), new PollerService(), new CollectorService());

  private static final String HEAD =
      """
      # Configuration

      <!-- Generated from the code by GeneratedDocsTest; do not edit. -->

      Every service reads a properties file (`--config FILE`) and, over it, variables of the environment:
      `PROMPTFERRY_BATCH_LINGER_MS` stands for `batch.linger.ms`. A value may refer to a secret, `${env:NAME}` or
      `${file:/run/secrets/key}`. An unknown key is an error that names the nearest known one.

      Keys that begin with `kafka.` go to all Kafka clients without that prefix, `kafka.consumer.`, `kafka.producer.` and
      `kafka.streams.` to each kind; keys that begin with `schema.registry.` go to the registry's client as they are.

      | key | default | services | meaning |
      | --- | --- | --- | --- |
      """;

  private static final String REASONS_HEAD =
      """
      # Why a prompt FAILED

      <!-- Generated from the code by GeneratedDocsTest; do not edit. -->

      A response whose `status` is FAILED says why in `error.reason`; `error.message` says what to do, and `error.code` is the
      provider's, where it gave one. More reasons may come: treat one that you do not know as final. A prompt that is tried again
      is answered FAILED only when its attempts (`retry.max.attempts`) or its deadline are used up. What each reason asks of those
      who read the answers is in [responses.md](responses.md).

      | reason | meaning | tried again |
      | --- | --- | --- |
      """;

  private static final String METRICS_HEAD =
      """
      # Metrics

      <!-- Generated from the code by GeneratedDocsTest; do not edit. -->

      Each service serves them on `/metrics` (`http.port`), in Prometheus' text format, besides those of the JVM and the process
      (`jvm_…`, `process_…`, `system_…`). Names are Prometheus'; measures have their base unit in the name, what is without a unit is
      counted. A summary or timer `x` shows as `x_count`, `x_sum` and `x_max`, the largest of the last minutes. Counters begin at 0
      with each start of a service. Gauges of jobs, batches and prompts tell of the partitions of one instance: sum them over the
      instances. Those of capacity and of the provider's storage tell of the whole account, each instance the same: take the maximum.

      No label has a prompt's key, or values without bound.

      | name | kind | labels | unit | service | meaning |
      | --- | --- | --- | --- | --- | --- |
      """;

  @Test
  void theTableOfMetricsIsWhatTheCodeDeclares() throws IOException {
    String rows =
        DeclaredMetric.all().stream().map(DeclaredMetric::row).collect(Collectors.joining());
    check("metrics.md", METRICS_HEAD + rows);
  }

  @Test
  void theOptionTableIsWhatTheCodeSays() throws IOException {
    check("config.md", HEAD + rows());
  }

  @Test
  void theTableOfReasonsIsWhatTheCodeSays() throws IOException {
    String rows =
        Arrays.stream(ErrorReason.values())
            .map(
                reason ->
                    "| `%s` | %s | %s |\n"
                        .formatted(reason, reason.meaning(), reason.fate().told()))
            .collect(Collectors.joining());
    check("reasons.md", REASONS_HEAD + rows);
  }

  private static void check(String name, String generated) throws IOException {
    Path file = DOCS.resolve(name);
    if (Boolean.getBoolean("promptferry.docs.write")) {
      Files.writeString(file, generated);
    }
    assertThat(file).content().isEqualTo(generated);
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
