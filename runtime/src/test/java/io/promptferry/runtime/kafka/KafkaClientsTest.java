package io.promptferry.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaClientsTest {

  @Test
  void streamsGetWhatIsForAllAndTheirOwnOverIt() {
    assertThat(
            clients(
                    Map.of(
                        "PROMPTFERRY_KAFKA_RETRY_BACKOFF_MS", "1",
                        "PROMPTFERRY_KAFKA_STREAMS_RETRY_BACKOFF_MS", "2",
                        "PROMPTFERRY_KAFKA_CONSUMER_MAX_POLL_RECORDS", "3",
                        "PROMPTFERRY_KAFKA_PRODUCER_LINGER_MS", "4"))
                .streams())
        .isEqualTo(
            Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "client.id", "blue",
                "retry.backoff.ms", "2",
                "group.protocol", "classic"));
  }

  @ParameterizedTest
  @CsvSource({
    "KAFKA_GROUP_PROTOCOL, consumer, kafka.group.protocol",
    "KAFKA_CONSUMER_GROUP_PROTOCOL, consumer, kafka.consumer.group.protocol",
    "KAFKA_STREAMS_GROUP_PROTOCOL, streams, kafka.streams.group.protocol",
    "KAFKA_STREAMS_MAIN_CONSUMER_GROUP_PROTOCOL, consumer, kafka.streams.main.consumer.group.protocol"
  })
  void anotherGroupProtocolIsRefused(String variable, String value, String key) {
    assertThatThrownBy(() -> clients(Map.of("PROMPTFERRY_" + variable, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "Invalid value %s for configuration %s: leave it out: Promptferry's groups are classic ones",
            value, key);
    clients(Map.of("PROMPTFERRY_" + variable, "CLASSIC")).admin().close();
  }

  @Test
  void clientsCanBeMadeWhateverTheConfigurationSaysOfWhatCorrectnessNeeds() {
    // Kafka refuses a transactional producer without acks=all, and idempotence with other acks.
    KafkaClients clients =
        clients(
            Map.of(
                "PROMPTFERRY_KAFKA_PRODUCER_ACKS", "1",
                "PROMPTFERRY_KAFKA_PRODUCER_ENABLE_IDEMPOTENCE", "false",
                "PROMPTFERRY_KAFKA_CONSUMER_ISOLATION_LEVEL", "read_uncommitted"));
    clients.transactional("id").close();
    clients.idempotent().close();
    clients.admin().close();
    clients.reader(new ByteArrayDeserializer()).close();
    clients.groupConsumer("group", new ByteArrayDeserializer(), Map.of()).close();
  }

  private static KafkaClients clients(Map<String, String> more) {
    var environment =
        new HashMap<>(
            Map.of(
                "PROMPTFERRY_DEPLOYMENT", "blue",
                "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://127.0.0.1:1"));
    environment.putAll(more);
    return new KafkaClients(ConfigLoader.load(ServiceConfig.define(), null, environment));
  }
}
