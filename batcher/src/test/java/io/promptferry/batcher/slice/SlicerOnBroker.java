package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.assemble.AssemblePart;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Runs;
import io.promptferry.stack.Broker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The slicer as it is wired, with a broker for each class of tests and topics for each test. */
abstract class SlicerOnBroker {

  static final Duration LIMIT = Duration.ofSeconds(20);

  /** A prompt's place, by the id of its topic. */
  private record Place(String topicId, int partition, long offset) {}

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  static Broker broker;

  @SuppressWarnings("NullAway.Init")
  static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static Serializer<PromptEvent> events;

  @SuppressWarnings("NullAway.Init")
  private static Deserializer<Slice> slices;

  private static int tests;

  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Map<String, String> environment = new HashMap<>();
  final List<Part> parts = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  KafkaClients kafka;

  @SuppressWarnings("NullAway.Init")
  Admin admin;

  @SuppressWarnings("NullAway.Init")
  Topics topics;

  @SuppressWarnings("NullAway.Init")
  String deployment;

  @BeforeAll
  static void startBroker() {
    broker = Broker.start(folder.resolve("broker"));
    registry = new RegistryStub();
    events = registry.serdes().serializer(PromptEvent.class);
    slices = registry.serdes().deserializer(Slice.class);
  }

  @AfterAll
  static void stopBroker() {
    registry.close();
    broker.close();
  }

  @BeforeEach
  void makeTopics(TestInfo test) throws Exception {
    deployment = "d" + ++tests;
    topics = new Topics(deployment + ".");
    set("deployment", deployment);
    set("topics.prefix", topics.prefix());
    set("kafka.bootstrap.servers", broker.bootstrapServers());
    set("schema.registry.url", "http://127.0.0.1:1");
    set("kafka.consumer.metadata.max.age.ms", "500");
    set("slice.interval.ms", "50");
    set("state.dir", folder.resolve(test.getDisplayName().replaceAll("\\W", "")).toString());
    set("batch.linger.ms", "100");
    kafka = new KafkaClients(config());
    admin = kafka.admin();
    create(topics.prompts(), 2);
    create(topics.slices(), 2);
    create(topics.batches(), 2);
    create(topics.deadLetters(), 1);
  }

  @AfterEach
  void stop() {
    parts.forEach(Part::close);
    parts.clear();
    admin.close();
  }

  void set(String key, String value) {
    environment.put("PROMPTFERRY_" + key.replace('.', '_'), value);
  }

  ServiceConfig config() {
    var def = LanePolicies.define(Topics.define(ServiceConfig.define()));
    return ConfigLoader.load(
        AssemblePart.define(SliceBounds.define(SliceSettings.define(def))), null, environment);
  }

  Service.Context context() {
    return new Service.Context(config(), metrics, Clock.systemUTC());
  }

  void slice() {
    start(SlicePart.of(context(), kafka, registry.serdes()));
  }

  void start(Part part) {
    parts.add(part);
    part.start();
  }

  static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  void create(String topic, int partitions) throws Exception {
    get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all());
    // Made by the controller; the broker hears of it a little later.
    await().atMost(LIMIT).ignoreExceptions().until(done(() -> id(topic)));
  }

  void makeAnew(String topic, int partitions) throws Exception {
    get(admin.deleteTopics(List.of(topic)).all());
    await().atMost(LIMIT).ignoreExceptions().until(done(() -> create(topic, partitions)));
  }

  interface Step {
    void run() throws Exception;
  }

  static Callable<Boolean> done(Step step) {
    return () -> {
      step.run();
      return true;
    };
  }

  ProducerRecord<byte[], byte[]> prompt(String topic, int partition) {
    byte[] value = events.serialize(topic, Prompts.event("Hello"));
    return new ProducerRecord<>(topic, partition, null, value);
  }

  void produce(String topic, int partition, int count) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.idempotent()) {
      for (int i = 0; i < count; i++) {
        producer.send(prompt(topic, partition)).get(20, TimeUnit.SECONDS);
      }
    }
  }

  <V> List<ConsumerRecord<byte[], V>> read(String topic, Deserializer<V> values) {
    var records = new ArrayList<ConsumerRecord<byte[], V>>();
    try (Consumer<byte[], V> reader = kafka.reader(values)) {
      List<TopicPartition> all =
          reader.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      reader.assign(all);
      reader.seekToBeginning(all);
      Map<TopicPartition, Long> ends = reader.endOffsets(all);
      while (all.stream().anyMatch(p -> reader.position(p) < ends.getOrDefault(p, 0L))) {
        reader.poll(Duration.ofMillis(50)).forEach(records::add);
      }
    }
    return records;
  }

  String id(String topic) {
    return new TopicAdmin(admin, LIMIT).describe(topic).topicId().toString();
  }

  List<Span> spans() {
    return read(topics.slices(), slices).stream().map(record -> record.value().getSpan()).toList();
  }

  /** Every visible prompt of the topics as they are now stands in exactly one span. */
  void awaitAllSliced(String... names) {
    var visible = new ArrayList<Place>();
    for (String name : names) {
      String id = id(name);
      read(name, new ByteArrayDeserializer())
          .forEach(record -> visible.add(new Place(id, record.partition(), record.offset())));
    }
    assertThat(visible).isNotEmpty();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              var sliced = new ArrayList<Place>();
              for (Span span : spans()) {
                List<Place> inside =
                    visible.stream().filter(place -> isInside(place, span)).toList();
                if (visible.stream().anyMatch(p -> p.topicId().equals(span.getTopicId()))) {
                  assertThat(span.getCount()).isEqualTo(inside.size());
                }
                sliced.addAll(inside);
              }
              assertThat(sliced).containsExactlyInAnyOrderElementsOf(visible);
            });
  }

  private static boolean isInside(Place place, Span span) {
    return place.topicId().equals(span.getTopicId())
        && place.partition() == span.getPartition()
        && Runs.decode(span.getRuns()).stream()
            .anyMatch(run -> run.first() <= place.offset() && place.offset() <= run.last());
  }

  Map<TopicPartition, OffsetAndMetadata> committed(String part) throws Exception {
    return get(admin.listConsumerGroupOffsets(deployment + part).partitionsToOffsetAndMetadata());
  }

  void awaitCount(int sliced) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(spans().stream().mapToInt(Span::getCount).sum()).isEqualTo(sliced));
  }

  void reject(int count) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.idempotent()) {
      for (int i = 0; i < count; i++) {
        byte[] junk = {1, 2};
        producer
            .send(new ProducerRecord<>(topics.prompts(), 0, null, junk))
            .get(20, TimeUnit.SECONDS);
      }
    }
  }

  void awaitLetters(int count) {
    await()
        .atMost(LIMIT)
        .until(() -> read(topics.deadLetters(), new ByteArrayDeserializer()).size() == count);
  }

  void configure(String topic, String key, String value) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var set = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    get(admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all());
  }
}
