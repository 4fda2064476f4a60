package io.promptferry.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.collector.response.KafkaCluster;
import io.promptferry.collector.response.Overflow;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.SharedTopicCheck;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.memory.InMemoryProvider;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.stack.Broker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where answers go on a real broker when their topics refuse. Dead letters are answered, since they
 * need no job; batches are delivered by the same means.
 */
class ResponseTopicsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int SHARED_PARTITIONS = 5;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static Broker broker;

  @SuppressWarnings("NullAway.Init")
  private static RegistryStub registry;

  @SuppressWarnings("NullAway.Init")
  private static KafkaClients kafka;

  @SuppressWarnings("NullAway.Init")
  private static Admin client;

  @SuppressWarnings("NullAway.Init")
  private static Producer<byte[], byte[]> producer;

  private static int tests;

  private final TopicAdmin admin = new TopicAdmin(client, LIMIT);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Topics topics = new Topics("t" + ++tests + ".");
  private @Nullable LoopPart part;

  @BeforeAll
  static void startBroker() {
    broker =
        Broker.start(
            Broker.Settings.in(folder.resolve("broker"))
                .with(
                    "authorizer.class.name",
                    "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .with("allow.everyone.if.no.acl.found", "true"));
    registry = new RegistryStub();
    kafka = clients(Map.of());
    client = kafka.admin();
    producer = kafka.idempotent();
  }

  private static KafkaClients clients(Map<String, String> more) {
    var environment = new HashMap<>(more);
    environment.put("PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://127.0.0.1:1");
    return new KafkaClients(ConfigLoader.load(ServiceConfig.define(), null, environment));
  }

  @AfterAll
  static void stopBroker() {
    producer.close();
    client.close();
    registry.close();
    broker.close();
  }

  @BeforeEach
  void makeTopics() {
    admin.create(
        List.of(
            new Topics.Spec(topics.deadLetters(), 1, Map.of()),
            new Topics.Spec(topics.responses(), SHARED_PARTITIONS, Map.of())));
  }

  @AfterEach
  void stopPart() {
    if (part != null) {
      part.close();
    }
  }

  @Test
  void aTopicThatIsDeletedBetweenTwoAnswersIsMadeAnew() throws Exception {
    start("responses.{key}");
    send("a");
    awaitAnswers(topic("a"), 1);
    String first = admin.topicId(topic("a")).orElseThrow();

    client.deleteTopics(List.of(topic("a"))).all().get();
    await().atMost(LIMIT).until(() -> !admin.names().contains(topic("a")));
    send("a");
    send("b");

    awaitAnswers(topic("b"), 1);
    assertThat(awaitAnswers(topic("a"), 1)).hasSize(1);
    assertThat(admin.topicId(topic("a"))).isPresent().get().isNotEqualTo(first);
    assertThat(answers(topics.responses())).isEmpty();
  }

  /**
   * The producer waits for the topic, in vain; then the worker begins anew, and makes it. With
   * Kafka's own patience that was seen to take two minutes: here the same, but shorter.
   */
  @Test
  void aTopicThatIsDeletedBetweenTheLookAndTheWriteCostsTimeAndNothingElse() throws Exception {
    var doomed = new DoomedTopic(topic("a"));
    start(
        "responses.{key}",
        doomed,
        clients(
            Map.of(
                "PROMPTFERRY_KAFKA_PRODUCER_MAX_BLOCK_MS", "6000",
                "PROMPTFERRY_KAFKA_PRODUCER_REQUEST_TIMEOUT_MS", "5000",
                "PROMPTFERRY_KAFKA_PRODUCER_DELIVERY_TIMEOUT_MS", "10000")));
    send("a");
    awaitAnswers(topic("a"), 1);

    doomed.armed.set(true);
    send("a");
    send("b");

    awaitAnswers(topic("b"), 1);
    assertThat(doomed.armed).isFalse();
    assertThat(awaitAnswers(topic("a"), 1)).hasSize(1);
    assertThat(answers(topic("b"))).hasSize(1);
    assertThat(answers(topics.responses())).isEmpty();
  }

  /** Goes once, right after it was seen to be there. */
  private final class DoomedTopic implements ResponseTopics.Cluster {
    private final KafkaCluster cluster = new KafkaCluster(admin);
    private final AtomicBoolean armed = new AtomicBoolean();
    private final String topic;

    DoomedTopic(String topic) {
      this.topic = topic;
    }

    @Override
    public Set<String> names() {
      return cluster.names();
    }

    @Override
    public Set<String> missing(Collection<String> used) {
      Set<String> missing = cluster.missing(used);
      if (used.contains(topic) && armed.compareAndSet(true, false)) {
        assertThat(missing).doesNotContain(topic);
        client.deleteTopics(List.of(topic));
        await().atMost(LIMIT).until(() -> !admin.names().contains(topic));
      }
      return missing;
    }

    @Override
    public void create(Topics.Spec spec) {
      cluster.create(spec);
    }
  }

  @Test
  void answersForATopicWithoutRightsGoToTheSharedOne() throws Exception {
    make(topic("hidden"), Map.of());
    make(topic("readonly"), Map.of());
    deny(topic("hidden"), AclOperation.ALL);
    deny(topic("readonly"), AclOperation.WRITE);
    start("responses.{key}");
    send("readonly");
    send("hidden");
    send("open");
    awaitAnswers(topics.responses(), 2);
    send("readonly");

    List<ConsumerRecord<byte[], byte[]>> shared = awaitAnswers(topics.responses(), 3);
    assertThat(shared)
        .extracting(answer -> header(answer, "promptferry-intended-topic"))
        .containsExactlyInAnyOrder(topic("readonly"), topic("hidden"), topic("readonly"));
    assertThat(shared)
        .extracting(answer -> header(answer, "promptferry-overflow"))
        .containsOnly("REFUSED");
    assertThat(awaitAnswers(topic("open"), 1)).hasSize(1);
    await().atMost(LIMIT).until(() -> overflow(Overflow.REFUSED) == 3);
  }

  @Test
  void anAnswerThatIsTooLargeForItsTopicGoesToTheSharedOne() throws Exception {
    make(topic("narrow"), Map.of("max.message.bytes", "2000"));
    start("responses.{key}");
    var filler = new byte[4_000];
    new Random(1).nextBytes(filler); // or compression would make it fit
    send("narrow");
    send("narrow", filler);
    send("narrow");
    send("wide", filler);

    List<ConsumerRecord<byte[], byte[]>> shared = awaitAnswers(topics.responses(), 1);
    assertThat(header(shared.get(0), "promptferry-intended-topic")).isEqualTo(topic("narrow"));
    assertThat(header(shared.get(0), "promptferry-overflow")).isEqualTo("TOO_LARGE");
    assertThat(shared.get(0).headers().lastHeader("filler").value()).isEqualTo(filler);
    assertThat(awaitAnswers(topic("narrow"), 2)).hasSize(2);
    assertThat(awaitAnswers(topic("wide"), 1)).hasSize(1);
    await().atMost(LIMIT).until(() -> overflow(Overflow.TOO_LARGE) == 1);
  }

  @Test
  void anAnswerOfAModelThatIsTooLargeForItsTopicIsFailedThere() throws Exception {
    make(topic("tight"), Map.of("max.message.bytes", "2000"));
    var noise = new byte[4_000];
    new Random(2).nextBytes(noise); // or compression would make it fit
    var serdes = registry.serdes();
    CollectWorker.Setting setting = setting("responses.{key}");
    List<ProducerRecord<byte[], byte[]>> answers =
        List.of(
            answer(serdes, "tight", "small"),
            answer(serdes, "tight", Base64.getEncoder().encodeToString(noise)),
            answer(serdes, "tight", "small too"));
    var shortened = new CompletableFuture<Integer>();
    start(
        setting,
        partition ->
            mine -> {
              try (var transactional = kafka.transactional(setting.deployment() + "-tight")) {
                transactional.initTransactions();
                setting
                    .delivery()
                    .write(
                        transactional,
                        answers,
                        (routed, told) -> {
                          mine.transact(transactional, 0, routed);
                          shortened.complete(told.size());
                        });
              }
              mine.pause(Duration.ofDays(1));
            });

    List<PromptResponse> told =
        awaitAnswers(topic("tight"), 3).stream()
            .map(
                answer ->
                    serdes
                        .deserializer(PromptResponse.class)
                        .deserialize(answer.topic(), answer.value()))
            .toList();
    assertThat(told)
        .extracting(PromptResponse::getStatus)
        .containsExactly(Status.SUCCEEDED, Status.FAILED, Status.SUCCEEDED);
    assertThat(told.get(1).getError().getReason()).isEqualTo("ANSWER_TOO_LARGE");
    assertThat(told.get(1).getError().getMessage()).contains("max.message.bytes");
    assertThat(shortened).isCompletedWithValue(1);
    assertThat(answers(topics.responses())).isEmpty();
  }

  private ProducerRecord<byte[], byte[]> answer(RecordSerdes serdes, String key, String text) {
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId("id")
            .setStatus(Status.SUCCEEDED)
            .setText(text)
            .setPromptedAt(Instant.EPOCH)
            .build();
    return new ProducerRecord<>(
        topic(key),
        key.getBytes(UTF_8),
        serdes.serializer(PromptResponse.class).serialize(topic(key), response));
  }

  @Test
  void onASharedTopicAKeyIsWhereKafkasPartitionerPutsIt() throws Exception {
    start("responses");
    for (int i = 0; i < 60; i++) {
      send("key " + i);
    }
    for (int i = 0; i < 20; i++) {
      send(null);
    }

    List<ConsumerRecord<byte[], byte[]>> shared = awaitAnswers(topics.responses(), 80);
    assertThat(shared)
        .filteredOn(answer -> answer.key() != null)
        .hasSize(60)
        .allSatisfy(
            answer ->
                assertThat(answer.partition())
                    .isEqualTo(
                        BuiltInPartitioner.partitionForKey(answer.key(), SHARED_PARTITIONS)));
    assertThat(shared)
        .filteredOn(answer -> answer.key() == null)
        .extracting(ConsumerRecord::partition)
        .as("those without a key stick together until a batch is full")
        .hasSize(20)
        .containsOnly(
            shared.stream().filter(a -> a.key() == null).findFirst().orElseThrow().partition());
    assertThat(overflow(Overflow.NULL_KEY)).isZero();
  }

  @Test
  void aTopicIsMadeAsConfiguredAndOneThatExistsStaysAsItIs() throws Exception {
    admin.create(List.of(new Topics.Spec(topic("old"), 3, Map.of("retention.ms", "777000"))));
    start("responses.{key}");
    send("old");
    send("new");
    awaitAnswers(topic("old"), 1);
    awaitAnswers(topic("new"), 1);

    assertThat(admin.describe(topic("new")).partitions()).hasSize(2);
    assertThat(admin.settings(topic("new")))
        .containsEntry("retention.ms", "3600000")
        .containsEntry("cleanup.policy", "delete");
    assertThat(admin.describe(topic("old")).partitions()).hasSize(3);
    assertThat(admin.settings(topic("old"))).containsEntry("retention.ms", "777000");
  }

  @Test
  void aSharedTopicOrAProducerThatTakesTooLittleIsToldAtTheStart() {
    check(Map.of());
    check(
        Map.of("response.max.bytes", "5000000", "kafka.producer.max.request.size", "6000000"),
        "max.message.bytes of the topic " + topics.responses() + " is 1048588");
    check(Map.of("response.max.bytes", "1048000"), "kafka.producer.max.request.size is 1048576");
    check(
        Map.of("kafka.max.request.size", "900000"),
        "response.max.bytes asks for at least 1010000: raise the one or lower the other");
  }

  private void check(Map<String, String> values, String... complaints) {
    var config = new AbstractConfig(ResponseSettings.define(new ConfigDef()), values, false);
    var thrown = catchThrowable(() -> SharedTopicCheck.check(admin, topics.responses(), config));
    if (complaints.length == 0) {
      assertThat(thrown).isNull();
    } else {
      assertThat(thrown).isInstanceOf(KafkaException.class).hasMessageContainingAll(complaints);
    }
  }

  private String topic(String key) {
    return topics.responses() + "." + key;
  }

  private void make(String topic, Map<String, String> settings) {
    admin.create(List.of(new Topics.Spec(topic, 1, settings)));
  }

  private static void deny(String topic, AclOperation operation) throws Exception {
    var pattern = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
    var allow = new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW);
    var deny = new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY);
    client
        .createAcls(List.of(new AclBinding(pattern, allow), new AclBinding(pattern, deny)))
        .all()
        .get();
  }

  private void start(String template) {
    start(template, new KafkaCluster(admin), kafka);
  }

  private void start(String template, ResponseTopics.Cluster cluster, KafkaClients clients) {
    CollectWorker.Setting setting = setting(template, cluster, clients);
    start(setting, partition -> new DeadLetterWorker(setting));
  }

  private CollectWorker.Setting setting(String template) {
    return setting(template, new KafkaCluster(admin), kafka);
  }

  private CollectWorker.Setting setting(
      String template, ResponseTopics.Cluster cluster, KafkaClients clients) {
    var clock = Clock.systemUTC();
    return new CollectWorker.Setting(
        topics.prefix() + "d",
        topics,
        Samples.settings(folder, 100, 1_000_000),
        clients,
        registry.serdes(),
        Accounts.only(new InMemoryProvider(clock)),
        new ResponseTopics(
            topics,
            new ResponseSettings(template, 100, Pattern.compile(""), 2, 3_600_000),
            cluster,
            clock),
        1_000_000,
        Samples.once(),
        Prices.shipped(),
        new CollectMetrics(meters, clock),
        clock);
  }

  private void start(
      CollectWorker.Setting setting, Function<TopicPartition, PartitionWorker<byte[]>> workers) {
    part =
        new LoopPart(
            "collect-dlq",
            () ->
                new PartitionedConsumer<>(
                    setting
                        .kafka()
                        .groupConsumer(
                            setting.deployment() + "-collect-dlq",
                            new ByteArrayDeserializer(),
                            Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")),
                    List.of(topics.deadLetters()),
                    workers,
                    new PartitionedConsumer.Limits(100, 3),
                    setting.clock()),
            new LoopPart.Limits(Duration.ofMinutes(5), 3),
            setting.clock());
    part.start();
  }

  private void send(@Nullable String key) throws Exception {
    send(key, new byte[0]);
  }

  @SuppressWarnings("NullAway") // A record may have no key, which ProducerRecord does not declare.
  private void send(@Nullable String key, byte[] filler) throws Exception {
    var letter =
        new ProducerRecord<>(
            topics.deadLetters(), key == null ? null : key.getBytes(UTF_8), new byte[] {9});
    letter.headers().add("filler", filler);
    producer.send(letter).get();
  }

  private List<ConsumerRecord<byte[], byte[]>> awaitAnswers(String topic, int least) {
    return await()
        .atMost(LIMIT)
        .ignoreExceptions() // The topic may not be there yet.
        .until(() -> answers(topic), answers -> answers.size() >= least);
  }

  private List<ConsumerRecord<byte[], byte[]>> answers(String topic) {
    var answers = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var reader = kafka.reader(new ByteArrayDeserializer())) {
      int partitions = admin.describe(topic).partitions().size();
      for (int partition = 0; partition < partitions; partition++) {
        var one = new TopicPartition(topic, partition);
        TopicTail.read(reader, client, one, LIMIT, Clock.systemUTC(), answers::add);
      }
    }
    return answers;
  }

  private double overflow(Overflow why) {
    var counter = meters.find("promptferry.response.overflows").tag("reason", why.name()).counter();
    return counter == null ? 0 : counter.count();
  }

  private static String header(ConsumerRecord<byte[], byte[]> answer, String name) {
    return new String(answer.headers().lastHeader(name).value(), UTF_8);
  }
}
