package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerIT {
  private static final String TOPIC = "kept";

  @TempDir Path folder;

  @Test
  void keepsItsRecordsAndItsAddressOverAKill() throws Exception {
    Broker first = Broker.start(folder);
    try (first) {
      // Right after the start: a broker that answers has to be one that takes partitions.
      createTopic(first);
      produce(first, "before");
      first.kill();
      assertThat(first.process().isAlive()).isFalse();
    }
    try (Broker second = Broker.start(first.settings())) {
      assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
      produce(second, "after");
      // In a group and read_committed: the offsets topic and the transaction log work on one node.
      assertThat(consume(second, 2)).containsExactly("before", "after");
    }
  }

  @Test
  void takesExtraProperties() throws Exception {
    Broker.Settings settings = Broker.Settings.in(folder).with("message.max.bytes", "12345");
    try (Broker broker = Broker.start(settings);
        Admin admin = Admin.create(client(broker))) {
      ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");
      Map<ConfigResource, Config> configs =
          admin.describeConfigs(List.of(node)).all().get(30, TimeUnit.SECONDS);
      assertThat(configs)
          .hasEntrySatisfying(
              node,
              config -> assertThat(config.get("message.max.bytes").value()).isEqualTo("12345"));
    }
  }

  @Test
  void aBrokerThatCannotStartNamesItsLog() {
    Broker.Settings settings = Broker.Settings.in(folder).with("num.io.threads", "none");
    assertThatThrownBy(() -> Broker.start(settings))
        .isInstanceOf(StackException.class)
        .hasMessageEndingWith("see " + folder.resolve("broker.log"));
    assertThat(folder.resolve("broker.log")).content().contains("num.io.threads");
  }

  @Test
  void aPortInUseIsToldBeforeAnythingIsStarted() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Broker.Settings settings = Broker.Settings.in(folder).onPort(taken.getLocalPort());
      assertThatThrownBy(() -> Broker.start(settings))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " ");
      assertThat(folder.resolve("broker.log")).doesNotExist();
    }
  }

  private static void createTopic(Broker broker) throws Exception {
    try (Admin admin = Admin.create(client(broker))) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static void produce(Broker broker, String value) throws Exception {
    Map<String, Object> config = new HashMap<>(client(broker));
    config.put("transactional.id", "writer");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(TOPIC, value));
      producer.commitTransaction();
      assertThat(sent.get(30, TimeUnit.SECONDS).hasOffset()).isTrue();
    }
  }

  private static List<String> consume(Broker broker, int count) {
    Map<String, Object> config = new HashMap<>(client(broker));
    config.put("group.id", "reader");
    config.put("auto.offset.reset", "earliest");
    config.put("isolation.level", "read_committed");
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(r -> values.add(r.value()));
                return values.size() >= count;
              });
      consumer.commitSync();
    }
    return values;
  }

  private static Map<String, Object> client(Broker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
