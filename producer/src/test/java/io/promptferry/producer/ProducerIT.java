package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.SchemaRegistration;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.stack.Broker;
import io.promptferry.stack.Registry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ends on a real broker and a real registry; a test stands in for the services between. */
@Timeout(120)
class ProducerIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Topics TOPICS = new Topics("");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static Broker broker;

  @SuppressWarnings("NullAway.Init")
  private static Registry registry;

  @SuppressWarnings("NullAway.Init")
  private static RecordSerdes serdes;

  @BeforeAll
  static void start() {
    broker = Broker.start(folder.resolve("broker"));
    registry = Registry.start(folder.resolve("registry"), 0);
    serdes = new RecordSerdes(Map.of("schema.registry.url", registry.url()));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      new TopicAdmin(admin, LIMIT).create(TOPICS.specs(1, 1));
    }
    assertThatThrownBy(() -> builder().records().record(Prompt.text("too early").build()))
        .isInstanceOf(SerializationException.class);
    SchemaRegistration.register(serdes);
  }

  @AfterAll
  static void stop() {
    registry.close();
    broker.close();
  }

  @Test
  void manySendersSendEachPromptOnce() {
    int prompts = 500;
    try (PromptProducer producer = builder().setting("promptferry.in.flight.max", 20).build()) {
      var sent = new ArrayList<CompletableFuture<SentPrompt>>();
      for (int i = 0; i < prompts; i++) {
        String id = "many " + i;
        sent.add(
            CompletableFuture.supplyAsync(() -> Prompt.text("p").key("many").id(id).build())
                .thenCompose(producer::send));
      }
      CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).join();
      assertThat(sent.stream().map(CompletableFuture::join).map(SentPrompt::offset))
          .doesNotHaveDuplicates();
    }
    assertThat(written("many").stream().map(PromptEvent::getId))
        .hasSize(prompts)
        .doesNotHaveDuplicates();
  }

  @Test
  void aCallersTransactionDecidesWhetherThereIsAPrompt() {
    try (KafkaProducer<byte[], byte[]> kafka = kafka("caller")) {
      PromptProducer producer = builder().within(kafka);
      kafka.initTransactions();
      kafka.beginTransaction();
      var aborted = producer.send(Prompt.text("p").key("tx").id("aborted").build());
      producer.flush();
      assertThat(aborted).isCompleted();
      kafka.abortTransaction();

      kafka.beginTransaction();
      var committed = producer.send(Prompt.text("p").key("tx").id("committed").build());
      kafka.commitTransaction();
      assertThat(committed).isCompleted();
    }
    assertThat(written("tx").stream().map(PromptEvent::getId)).containsExactly("committed");
  }

  @Test
  void anAnswerIsAwaitedBeforeItsTopicIsThere() {
    try (ResponseConsumer answers = consumer().keys("late key").build();
        KafkaProducer<byte[], byte[]> collector = kafka("collector")) {
      assertThat(answers.await("late", Duration.ofMillis(200))).isEmpty();
      make("responses.late-20key");
      collector.initTransactions();
      answer(collector, "responses.late-20key", "late key", "rolled back", false);
      answer(collector, "responses.late-20key", "late key", "late", true);
      answer(collector, "responses", "another key", "not mine", true);
      answer(collector, "responses", "late key", "overflow", true);

      Answer late = answers.await("late", LIMIT).orElseThrow();
      assertThat(late.key()).contains("late key");
      assertThat(late.prompt()).contains("prompts-0-7");
      assertThat(late.succeeded()).isTrue();
      assertThat(late.text()).contains("said");
      assertThat(answers.await("overflow", LIMIT)).isPresent();
      assertThat(answers.await("rolled back", Duration.ofMillis(200))).isEmpty();
      assertThat(answers.await("not mine", Duration.ofMillis(200))).isEmpty();
    }
  }

  @Test
  void aGroupGoesOnWhereItCommittedAndFindsNewTopics() {
    try (KafkaProducer<byte[], byte[]> collector = kafka("collector of a group")) {
      collector.initTransactions();
      make("responses.g1");
      answer(collector, "responses.g1", "g1", "first", true);
      try (ResponseConsumer answers = group()) {
        assertThat(next(answers)).containsExactly("first");
        answers.commit();
        answer(collector, "responses.g1", "g1", "second", true);
        assertThat(next(answers)).containsExactly("second");
      }
      // The second was read and not committed, so it comes again.
      make("responses.g2");
      answer(collector, "responses.g2", "g2", "of a new key", true);
      try (ResponseConsumer answers = group()) {
        var seen = new ArrayList<String>();
        await()
            .atMost(LIMIT)
            .until(
                () -> {
                  answers.poll(Duration.ofSeconds(1)).forEach(found -> seen.add(found.id()));
                  return seen.size() >= 2;
                });
        assertThat(seen).containsExactlyInAnyOrder("second", "of a new key");
        make("responses.g3");
        answer(collector, "responses.g3", "g3", "while it runs", true);
        assertThat(next(answers)).containsExactly("while it runs");
      }
    }
  }

  private static ResponseConsumer group() {
    return consumer()
        .group("readers")
        .keys("g1", "g2", "g3")
        .setting("metadata.max.age.ms", 500)
        .build();
  }

  private static List<String> next(ResponseConsumer answers) {
    return answers.poll(LIMIT).stream().map(Answer::id).toList();
  }

  private static PromptProducerBuilder builder() {
    return PromptProducer.builder()
        .bootstrapServers(broker.bootstrapServers())
        .schemaRegistry(registry.url());
  }

  private static ResponseConsumerBuilder consumer() {
    return ResponseConsumer.builder()
        .bootstrapServers(broker.bootstrapServers())
        .schemaRegistry(registry.url());
  }

  private static KafkaProducer<byte[], byte[]> kafka(String transactionalId) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", transactionalId),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static void make(String topic) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      new TopicAdmin(admin, LIMIT)
          .create(List.of(TOPICS.responseTopic(topic, 1, Duration.ofDays(1).toMillis())));
    }
  }

  /** Writes an answer as the collector does. */
  private static void answer(
      KafkaProducer<byte[], byte[]> collector, String topic, String key, String id, boolean kept) {
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId(id)
            .setStatus(Status.SUCCEEDED)
            .setText("said")
            .setPromptedAt(Instant.EPOCH)
            .build();
    byte[] value = serdes.serializer(PromptResponse.class).serialize(topic, response);
    var record = new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
    record.headers().add(HeaderNames.PROMPT, "prompts-0-7".getBytes(UTF_8));
    collector.beginTransaction();
    var unused = collector.send(record);
    if (kept) {
      collector.commitTransaction();
    } else {
      collector.flush();
      collector.abortTransaction();
    }
  }

  /** What the batcher would see of one key, from the beginning. */
  private static List<PromptEvent> written(String key) {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    settings.put("isolation.level", "read_committed");
    var partition = new TopicPartition(TOPICS.prompts(), 0);
    var found = new ArrayList<PromptEvent>();
    try (var consumer =
        new KafkaConsumer<>(
            settings, new ByteArrayDeserializer(), serdes.deserializer(PromptEvent.class))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], PromptEvent> record : consumer.poll(LIMIT)) {
          if (new String(record.key(), UTF_8).equals(key)) {
            found.add(record.value());
          }
        }
      }
    }
    return found;
  }
}
