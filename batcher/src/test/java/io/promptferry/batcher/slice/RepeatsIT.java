package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repetitions across restarts, on a real broker. */
class RepeatsIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static Broker broker;

  @SuppressWarnings("NullAway.Init")
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static Serializer<PromptEvent> events;

  @SuppressWarnings("NullAway.Init")
  private static Deserializer<Slice> slices;

  private static int tests;

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Clock clock = Clock.systemUTC();
  private final Map<String, String> environment = new HashMap<>();

  @SuppressWarnings("NullAway.Init")
  private KafkaClients kafka;

  @SuppressWarnings("NullAway.Init")
  private Admin admin;

  @SuppressWarnings("NullAway.Init")
  private Producer<byte[], byte[]> upstream;

  @SuppressWarnings("NullAway.Init")
  private Topics topics;

  @SuppressWarnings("NullAway.Init")
  private String deployment;

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
  void makeTopics() throws Exception {
    deployment = "d" + ++tests;
    topics = new Topics(deployment + ".");
    set("deployment", deployment);
    set("topics.prefix", topics.prefix());
    set("kafka.bootstrap.servers", broker.bootstrapServers());
    set("schema.registry.url", "http://127.0.0.1:1");
    set("slice.interval.ms", "50");
    set("dedup.window.ms", "3600000");
    kafka = new KafkaClients(config());
    admin = kafka.admin();
    upstream = kafka.idempotent();
    for (String topic : List.of(topics.prompts(), topics.slices(), topics.deadLetters())) {
      int partitions = topic.equals(topics.prompts()) ? 2 : 1;
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(20, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void close() {
    upstream.close();
    admin.close();
  }

  private void set(String key, String value) {
    environment.put("PROMPTFERRY_" + key.replace('.', '_'), value);
  }

  private ServiceConfig config() {
    var def = LanePolicies.define(Topics.define(ServiceConfig.define()));
    return ConfigLoader.load(SliceBounds.define(SliceSettings.define(def)), null, environment);
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(topics.prompts(), number);
  }

  private void send(int partition, String id, String text) throws Exception {
    PromptEvent event = Prompts.event(text);
    event.setId(id);
    byte[] value = events.serialize(topics.prompts(), event);
    upstream
        .send(new ProducerRecord<>(topics.prompts(), partition, null, value))
        .get(20, TimeUnit.SECONDS);
  }

  /** One life of the slicer, until it is past these offsets in its partitions. */
  private void sliceTo(long... ends) {
    Part part =
        SlicePart.of(new Service.Context(config(), metrics, clock), kafka, registry.serdes());
    part.start();
    try {
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(ends()).isEqualTo(LongStream.of(ends).boxed().toList()));
    } finally {
      part.close();
    }
  }

  private List<Long> ends() throws Exception {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(deployment + "-slice")
            .partitionsToOffsetAndMetadata()
            .get(20, TimeUnit.SECONDS);
    var ends = new ArrayList<Long>();
    for (int number = 0; number < 2; number++) {
      OffsetAndMetadata end = committed.get(partition(number));
      ends.add(end == null ? -1 : end.offset());
    }
    return ends;
  }

  /** The offsets of a partition that slices name, in the order in which they were written. */
  private List<Long> sliced(int number) {
    var offsets = new ArrayList<Long>();
    try (Consumer<byte[], Slice> reader = kafka.reader(slices)) {
      var all = List.of(new TopicPartition(topics.slices(), 0));
      reader.assign(all);
      reader.seekToBeginning(all);
      long end = reader.endOffsets(all).values().iterator().next();
      while (reader.position(all.get(0)) < end) {
        reader
            .poll(Duration.ofMillis(50))
            .forEach(
                slice -> {
                  Span span = slice.value().getSpan();
                  if (span.getPartition() == number) {
                    Runs.decode(span.getRuns())
                        .forEach(
                            run ->
                                LongStream.rangeClosed(run.first(), run.last())
                                    .forEach(offsets::add));
                  }
                });
      }
    }
    return offsets;
  }

  @Test
  void whatWasAcceptedIsKnownAfterARestartAndWhatWasRejectedIsNot() throws Exception {
    for (int number = 0; number < 2; number++) {
      send(number, "a", "Hello");
      send(number, "b", "");
    }
    sliceTo(2, 2);
    for (int number = 0; number < 2; number++) {
      send(number, "a", "Hello");
      send(number, "b", "Hello");
      send(number, "c", "Hello");
    }
    sliceTo(5, 5);
    assertThat(sliced(0)).containsExactly(0L, 3L, 4L);
    assertThat(sliced(1)).containsExactly(0L, 3L, 4L);

    send(0, "b", "Hello");
    sliceTo(6, 5);
    assertThat(sliced(0)).as("b was accepted by now").hasSize(3);
    assertThat(metrics.counter("promptferry.prompts.repeated").count()).isEqualTo(3);
    assertThat(metrics.counter("promptferry.prompts.rejected", "reason", "NO_CONTENT").count())
        .isEqualTo(2);
  }

  @Test
  void whatWasNeverSlicedIsSlicedWhenItIsSentAgain() throws Exception {
    set("slice.first.position", "latest");
    send(0, "a", "Hello");
    sliceTo(1, 0);
    send(0, "a", "Hello");
    sliceTo(2, 0);
    assertThat(sliced(0)).containsExactly(1L);

    send(0, "b", "Hello");
    // As a person does with Kafka's own tool.
    admin
        .alterConsumerGroupOffsets(
            deployment + "-slice", Map.of(partition(0), new OffsetAndMetadata(3)))
        .all()
        .get(20, TimeUnit.SECONDS);
    send(0, "b", "Hello");
    send(0, "a", "Hello");
    sliceTo(5, 0);
    assertThat(sliced(0)).containsExactly(1L, 3L);
    assertThat(metrics.counter("promptferry.prompts.repeated").count()).isEqualTo(1);
  }

  @Test
  void whatCannotBeReadInTimeIsGivenUpAndTheRestIsKnown() throws Exception {
    send(0, "a", "Hello");
    sliceTo(1, 0);
    String id = new TopicAdmin(admin, LIMIT).describe(topics.prompts()).topicId().toString();
    var before = new AcceptedOffsets(id, 5, 5);
    var log =
        new SliceLog(
            kafka::admin,
            () -> kafka.reader(slices),
            topics.slices(),
            Duration.ofSeconds(1),
            clock);
    try (Producer<byte[], byte[]> killed = kafka.transactional(deployment + "-killed")) {
      killed.initTransactions();
      killed.beginTransaction();
      killed
          .send(new ProducerRecord<>(topics.slices(), 0, null, new byte[] {1}))
          .get(20, TimeUnit.SECONDS);
      log.mark(clock.instant(), Map.of(partition(0), before));
      killed.abortTransaction();
    }
    assertThat(before.whole()).isFalse();
    assertThat(LongStream.range(0, 5).filter(before::contains)).containsExactly(0L);

    var after = new AcceptedOffsets(id, 5, 5);
    log.mark(clock.instant(), Map.of(partition(0), after));
    assertThat(after.whole()).isTrue();
    assertThat(LongStream.range(0, 5).filter(after::contains)).containsExactly(0L);
    var later = new AcceptedOffsets(id, 5, 5);
    log.mark(clock.instant().plus(Duration.ofHours(1)), Map.of(partition(0), later));
    assertThat(LongStream.range(0, 5).filter(later::contains)).isEmpty();
  }
}
