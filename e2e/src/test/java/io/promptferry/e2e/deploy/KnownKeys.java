package io.promptferry.e2e.deploy;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.service.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Every configuration key that the code knows, those of Kafka's clients and of the registry's among
 * them.
 */
final class KnownKeys {

  static final List<Service> SERVICES =
      List.of(new BatcherService(), new PollerService(), new CollectorService());

  static final Set<String> OWN =
      SERVICES.stream()
          .flatMap(service -> service.config().names().stream())
          .collect(Collectors.toUnmodifiableSet());

  private static final String VARIABLE = "PROMPTFERRY_";
  private static final String KAFKA = "kafka.";
  private static final String REGISTRY = "schema.registry.";

  /** Of Confluent's client: who we are, and where its own truststore is. */
  private static final Set<String> REGISTRY_CLIENT =
      Set.of(
          "basic.auth.credentials.source",
          "basic.auth.user.info",
          SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG);

  private KnownKeys() {}

  static Optional<Service> service(String name) {
    return SERVICES.stream().filter(service -> service.name().equals(name)).findFirst();
  }

  /** The key that a variable stands for. */
  static String key(String variable) {
    return variable.substring(VARIABLE.length()).toLowerCase(Locale.ROOT).replace('_', '.');
  }

  static boolean isVariable(String name) {
    return name.startsWith(VARIABLE);
  }

  /** Whether any service knows the key. */
  static boolean isKnown(String key) {
    return OWN.contains(key) || isPassedOn(key);
  }

  /** Whether the client knows it that the key goes to. */
  static boolean isPassedOn(String key) {
    if (key.startsWith(REGISTRY)) {
      return REGISTRY_CLIENT.contains(key.substring(REGISTRY.length()));
    }
    if (!key.startsWith(KAFKA)) {
      return false;
    }
    String name = key.substring(KAFKA.length());
    if (name.startsWith("consumer.")) {
      return ConsumerConfig.configNames().contains(name.substring("consumer.".length()));
    }
    if (name.startsWith("producer.")) {
      return ProducerConfig.configNames().contains(name.substring("producer.".length()));
    }
    if (name.startsWith("streams.")) {
      String inner = name.substring("streams.".length());
      return StreamsConfig.configDef().names().contains(inner)
          || (inner.matches("(consumer|producer)\\..*") && isPassedOn(KAFKA + inner));
    }
    return ofAllClients().contains(name);
  }

  private static Set<String> ofAllClients() {
    var names = new HashSet<String>();
    Stream.of(
            ConsumerConfig.configNames(),
            ProducerConfig.configNames(),
            AdminClientConfig.configNames())
        .forEach(names::addAll);
    return names;
  }
}
