package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.assemble.AssemblePart;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.position.NoPast;
import io.promptferry.batcher.position.Past;
import io.promptferry.batcher.position.StartPositions;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.Spans;
import io.promptferry.stack.Broker;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The slicer as it is wired, on a real broker: exactly the visible prompts are sliced, once. */
class SlicePositionsIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A prompt's place, by the id of its topic. */
  private record Place(String topicId, int partition, long offset) {}

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
  private final Map<String, String> environment = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private KafkaClients kafka;

  @SuppressWarnings("NullAway.Init")
  private Admin admin;

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

  private void set(String key, String value) {
    environment.put("PROMPTFERRY_" + key.replace('.', '_'), value);
  }

  private ServiceConfig config() {
    var def = LanePolicies.define(Topics.define(ServiceConfig.define()));
    return ConfigLoader.load(
        AssemblePart.define(SliceBounds.define(SliceSettings.define(def))), null, environment);
  }

  private Service.Context context() {
    return new Service.Context(config(), metrics, Clock.systemUTC());
  }

  private void slice() {
    start(SlicePart.of(context(), kafka, registry.serdes()));
  }

  private void start(Part part) {
    parts.add(part);
    part.start();
  }

  private static <T> T get(KafkaFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private void create(String topic, int partitions) throws Exception {
    get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all());
  }

  private void makeAnew(String topic, int partitions) throws Exception {
    get(admin.deleteTopics(List.of(topic)).all());
    await().atMost(LIMIT).ignoreExceptions().until(done(() -> create(topic, partitions)));
  }

  private interface Step {
    void run() throws Exception;
  }

  private static Callable<Boolean> done(Step step) {
    return () -> {
      step.run();
      return true;
    };
  }

  private ProducerRecord<byte[], byte[]> prompt(String topic, int partition) {
    byte[] value = events.serialize(topic, Prompts.event("Hello"));
    return new ProducerRecord<>(topic, partition, null, value);
  }

  private void produce(String topic, int partition, int count) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.idempotent()) {
      for (int i = 0; i < count; i++) {
        producer.send(prompt(topic, partition)).get(20, TimeUnit.SECONDS);
      }
    }
  }

  private <V> List<ConsumerRecord<byte[], V>> read(String topic, Deserializer<V> values) {
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

  private String id(String topic) {
    return new TopicAdmin(admin, LIMIT).describe(topic).topicId().toString();
  }

  private List<Span> spans() {
    return read(topics.slices(), slices).stream().map(record -> record.value().getSpan()).toList();
  }

  /** Every visible prompt of the topics as they are now stands in exactly one span. */
  private void awaitAllSliced(String... names) {
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

  private Map<TopicPartition, OffsetAndMetadata> committed(String part) throws Exception {
    return get(admin.listConsumerGroupOffsets(deployment + part).partitionsToOffsetAndMetadata());
  }

  @Test
  void partitionsAndTopicsThatTurnUpAreReadFromTheirBeginning() throws Exception {
    set("prompts.topics.pattern", "team-.*");
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    assertThat(committed("-slice"))
        .as("the empty partition's too")
        .isEqualTo(
            Map.of(
                new TopicPartition(topics.prompts(), 0),
                new OffsetAndMetadata(5, Optional.of(0), id(topics.prompts())),
                new TopicPartition(topics.prompts(), 1),
                new OffsetAndMetadata(0, id(topics.prompts()))));

    get(admin.createPartitions(Map.of(topics.prompts(), NewPartitions.increaseTo(3))).all());
    produce(topics.prompts(), 2, 4);
    String team = topics.prefix() + "team-a";
    create(team, 1);
    produce(team, 0, 3);
    awaitAllSliced(topics.prompts(), team);

    stop();
    admin = kafka.admin();
    produce(topics.prompts(), 1, 2);
    produce(team, 0, 2);
    slice();
    awaitAllSliced(topics.prompts(), team);
    assertThat(metrics.counter("promptferry.prompts.sliced").count()).isEqualTo(16);
  }

  @Test
  void aFirstStartMayPassOverWhatIsThere() throws Exception {
    set("slice.first.position", "latest");
    produce(topics.prompts(), 0, 5);
    slice();
    produce(topics.prompts(), 0, 1);
    await().atMost(LIMIT).until(() -> !spans().isEmpty());
    assertThat(spans())
        .singleElement()
        .satisfies(span -> assertThat(Runs.decode(span.getRuns())).containsExactly(new Run(5, 5)));

    stop();
    admin = kafka.admin();
    // Made while nobody read: it is no first start.
    set("prompts.topics.pattern", "team-.*");
    String team = topics.prefix() + "team-a";
    create(team, 1);
    produce(team, 0, 3);
    slice();
    awaitAllSliced(team);
  }

  @Test
  void theFirstStartIsOverBeforeThereIsAPrompt() throws Exception {
    set("slice.first.position", "latest");
    slice();
    await().atMost(LIMIT).until(() -> parts.get(0).ready());
    stop();
    admin = kafka.admin();
    create(topics.prefix() + "more", 1);
    set("prompts.topics", "prompts,more");
    produce(topics.prompts(), 1, 2);
    produce(topics.prefix() + "more", 0, 3);
    slice();
    awaitAllSliced(topics.prompts(), topics.prefix() + "more");
  }

  private StartPositions start(Past past) {
    return new StartPositions(admin, deployment + "-slice", past, LIMIT);
  }

  private void fromTheEnd(Past past) {
    start(past).ensure(List.of(topics.prompts()), OffsetSpec.latest(), true);
  }

  @Test
  void ofTwoFirstStartsOneSetsThePositions() throws Exception {
    set("slice.first.position", "latest");
    produce(topics.prompts(), 0, 5);
    fromTheEnd(
        new NoPastBut(
            () -> {
              slice();
              await().atMost(LIMIT).until(() -> parts.get(0).ready());
              produce(topics.prompts(), 0, 5);
            }));
    awaitCount(5);
  }

  /** Does something between the look at the offsets and their setting. */
  private record NoPastBut(Step step) implements Past {
    @Override
    public boolean isBlank() {
      try {
        step.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return true;
    }

    @Override
    public Optional<String> problem(Map<TopicPartition, String> unset) {
      return Optional.empty();
    }
  }

  private void awaitCount(int sliced) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(spans().stream().mapToInt(Span::getCount).sum()).isEqualTo(sliced));
  }

  @Test
  void whereItCannotBeginAtTheEndItDoesNotStart() throws Exception {
    produce(topics.prompts(), 0, 5);
    try (var member =
        kafka.groupConsumer(
            deployment + "-slice",
            new ByteArrayDeserializer(),
            Map.of("auto.offset.reset", "earliest"))) {
      member.subscribe(List.of(topics.prompts()));
      await().atMost(LIMIT).until(() -> !member.poll(Duration.ofMillis(100)).isEmpty());
      assertThatThrownBy(() -> fromTheEnd(new NoPast()))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("stop them all, then start one");
      // Members begin at the beginning by themselves.
      start(new NoPast()).ensure(List.of(topics.prompts()), OffsetSpec.earliest(), true);
    }
    assertThat(committed("-slice")).isEmpty();
  }

  @Test
  void severalListedTopicsAreSliced() throws Exception {
    set("prompts.topics", "prompts,more");
    String more = topics.prefix() + "more";
    create(more, 3);
    produce(topics.prompts(), 0, 2);
    slice();
    produce(more, 0, 3);
    produce(more, 2, 4);
    produce(topics.prompts(), 1, 1);
    awaitAllSliced(topics.prompts(), more);
    assertThat(committed("-slice")).hasSize(5);
    stop();
    admin = kafka.admin();
    produce(more, 1, 2);
    slice();
    awaitAllSliced(topics.prompts(), more);
  }

  /** More than any producer or topic takes by default, so that only its absence can be written. */
  @Test
  void aHugeBadPromptStopsNothing() throws Exception {
    configure(topics.prompts(), "max.message.bytes", "5000000");
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 5_000_000);
    byte[] key = "k".getBytes(UTF_8);
    try (var upstream =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] noise = new byte[3_000_000];
      new Random(1).nextBytes(noise);
      var bad = new ProducerRecord<>(topics.prompts(), 0, key, noise);
      var headed = new ProducerRecord<>(topics.prompts(), 0, key, key);
      headed.headers().add("noise", noise);
      upstream.send(bad).get(20, TimeUnit.SECONDS);
      upstream.send(headed).get(20, TimeUnit.SECONDS);
    }
    produce(topics.prompts(), 0, 1);
    slice();
    await().atMost(LIMIT).until(() -> !spans().isEmpty());
    List<ConsumerRecord<byte[], byte[]>> letters =
        read(topics.deadLetters(), new ByteArrayDeserializer());
    assertThat(letters).extracting(ConsumerRecord::key).containsExactly(key, key);
    assertThat(letters).extracting(ConsumerRecord::value).containsExactly(null, key);
    assertThat(letters.get(0).headers().lastHeader("promptferry-value-bytes").value())
        .asString()
        .isEqualTo("3000000");
    assertThat(letters.get(1).headers().lastHeader("noise")).isNull();
  }

  private void stopAndLoseTheOffsets() throws Exception {
    stop();
    admin = kafka.admin();
    get(admin.deleteConsumerGroups(List.of(deployment + "-slice")).all());
  }

  private void refuses(String... words) {
    assertThatThrownBy(this::slice)
        .isInstanceOf(StartupException.class)
        .message()
        .contains(words)
        .doesNotContain("\n");
  }

  @Test
  void lostOffsetsRefuseToStartAndNameWhatToSet() throws Exception {
    produce(topics.prompts(), 0, 5);
    produce(topics.prompts(), 1, 2);
    slice();
    awaitAllSliced(topics.prompts());
    stopAndLoseTheOffsets();
    produce(topics.prompts(), 0, 4);
    String name = topics.prompts();
    refuses(
        "--group %s-slice --reset-offsets --from-file".formatted(deployment),
        " lines: %s,0,5 %s,1,2; ".formatted(name, name));
    assertThat(committed("-slice")).isEmpty();
    get(
        admin
            .alterConsumerGroupOffsets(
                deployment + "-slice",
                Map.of(
                    new TopicPartition(name, 0), new OffsetAndMetadata(5),
                    new TopicPartition(name, 1), new OffsetAndMetadata(2)))
            .all());
    slice();
    awaitAllSliced(name);
    awaitCount(11);
  }

  @Test
  void offsetsOfOnePartitionThatAreLostRefuseToo() throws Exception {
    produce(topics.prompts(), 0, 5);
    produce(topics.prompts(), 1, 2);
    slice();
    awaitAllSliced(topics.prompts());
    stop();
    admin = kafka.admin();
    var second = new TopicPartition(topics.prompts(), 1);
    get(admin.deleteConsumerGroupOffsets(deployment + "-slice", Set.of(second)).all());
    refuses(" lines: %s,1,2; ".formatted(topics.prompts()));
  }

  @Test
  void deadLettersTellOfLostOffsetsToo() throws Exception {
    reject(3);
    slice();
    awaitLetters(3);
    stopAndLoseTheOffsets();
    refuses(" lines: %s,0,3; ".formatted(topics.prompts()));
    assertThat(spans()).isEmpty();
  }

  private void reject(int count) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.idempotent()) {
      for (int i = 0; i < count; i++) {
        byte[] junk = {1, 2};
        producer
            .send(new ProducerRecord<>(topics.prompts(), 0, null, junk))
            .get(20, TimeUnit.SECONDS);
      }
    }
  }

  private void awaitLetters(int count) {
    await()
        .atMost(LIMIT)
        .until(() -> read(topics.deadLetters(), new ByteArrayDeserializer()).size() == count);
  }

  /** As when the broker loses them: no start looks before the next assignment. */
  @Test
  void offsetsThatAreLostBetweenTwoAssignmentsEndThePart() throws Exception {
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    stop();
    admin = kafka.admin();
    Part part = SlicePart.of(context(), kafka, registry.serdes());
    get(admin.deleteConsumerGroups(List.of(deployment + "-slice")).all());
    start(part);
    await().atMost(LIMIT).until(() -> part.failure().isPresent());
    assertThat(part.failure().orElseThrow())
        .contains(" lines: %s,0,5; ".formatted(topics.prompts()));
    awaitCount(5);
    assertThat(committed("-slice")).isEmpty();
  }

  /** Retention has taken the slices, and the group's offsets have expired. */
  @Test
  void whatNobodyCanTellIsForAPerson() throws Exception {
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    stopAndLoseTheOffsets();
    configure(topics.slices(), "retention.ms", "60000");
    takeAll(topics.slices());
    refuses("cannot be told", topics.prompts() + "-0,", "--to-earliest", "--to-datetime");
    assertThat(committed("-slice")).isEmpty();

    configure(topics.slices(), "retention.ms", "-1");
    configure(topics.slices(), "retention.bytes", "1000");
    refuses("cannot be told");
  }

  private void configure(String topic, String key, String value) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var set = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    get(admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all());
  }

  private void takeAll(String topic) throws Exception {
    var all = new HashMap<TopicPartition, RecordsToDelete>();
    for (int partition = 0; partition < 2; partition++) {
      all.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(-1));
    }
    get(admin.deleteRecords(all).all());
  }

  @Test
  void whatIsNewInAnOldSystemBeginsByItself() throws Exception {
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    stop();
    admin = kafka.admin();
    takeAll(topics.slices());
    get(admin.createPartitions(Map.of(topics.prompts(), NewPartitions.increaseTo(4))).all());
    produce(topics.prompts(), 2, 3);
    slice();
    awaitCount(3);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(committed("-slice")).hasSize(4));
  }

  /** A killed slicer leaves its last transaction open, and with it the offsets in doubt. */
  @Test
  void offsetsThatATransactionHoldsAreNotTakenForLost() throws Exception {
    produce(topics.prompts(), 0, 3);
    produce(topics.prompts(), 1, 3);
    slice();
    awaitAllSliced(topics.prompts());
    stop();
    admin = kafka.admin();
    String group = deployment + "-slice";
    try (Producer<byte[], byte[]> killed = kafka.transactional(deployment + "-killed");
        var member = kafka.groupConsumer(group, new ByteArrayDeserializer(), Map.of())) {
      killed.initTransactions();
      killed.beginTransaction();
      killed.sendOffsetsToTransaction(committed("-slice"), member.groupMetadata());
      var start = CompletableFuture.runAsync(this::slice);
      assertThat(start)
          .failsWithin(Duration.ofSeconds(2))
          .withThrowableOfType(TimeoutException.class);
      killed.abortTransaction();
      assertThat(start).succeedsWithin(LIMIT);
    }
    produce(topics.prompts(), 0, 3);
    produce(topics.prompts(), 1, 3);
    awaitAllSliced(topics.prompts());
  }

  @Test
  void aTopicMadeAnewWhileNobodyReadIsReadFromItsBeginning() throws Exception {
    // Which must not count here: it is no first start.
    set("slice.first.position", "latest");
    slice();
    produce(topics.prompts(), 0, 5);
    awaitAllSliced(topics.prompts());
    reject(2);
    awaitLetters(2);
    stop();
    admin = kafka.admin();
    makeAnew(topics.prompts(), 2);
    produce(topics.prompts(), 0, 7);
    slice();
    awaitAllSliced(topics.prompts());
    assertThat(spans()).extracting(Span::getCount).contains(7);
  }

  @Test
  void aTopicMadeAnewWhileItIsReadIsReadFromItsBeginning() throws Exception {
    slice();
    produce(topics.prompts(), 0, 5);
    produce(topics.prompts(), 1, 2);
    awaitAllSliced(topics.prompts());
    makeAnew(topics.prompts(), 2);
    // Less than there was in one partition, and more in the other.
    produce(topics.prompts(), 0, 3);
    produce(topics.prompts(), 1, 9);
    awaitAllSliced(topics.prompts());
  }

  @Test
  void ofATransactionalUpstreamExactlyWhatIsCommittedIsSliced() throws Exception {
    slice();
    try (Producer<byte[], byte[]> producer = kafka.transactional(deployment + "-upstream")) {
      producer.initTransactions();
      for (int i = 0; i < 12; i++) {
        producer.beginTransaction();
        for (int j = 0; j < 3; j++) {
          var unused = producer.send(prompt(topics.prompts(), i % 2));
        }
        producer.flush();
        if (i % 3 == 1) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
    }
    awaitAllSliced(topics.prompts());
    assertThat(metrics.counter("promptferry.prompts.sliced").count()).isEqualTo(24);
    var last = new TopicPartition(topics.prompts(), 1);
    // Six transactions of three records, and a marker behind each.
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(committed("-slice").get(last))
                    .as("past the last marker")
                    .extracting(OffsetAndMetadata::offset)
                    .isEqualTo(24L));
    assertThat(Spans.merge(spans(), overlap -> {}))
        .as("markers and what was aborted end no run")
        .hasSize(2)
        .allSatisfy(span -> assertThat(Runs.decode(span.getRuns())).hasSize(1));
  }

  @Test
  void theAssemblerBeginsAtTheBeginningOnceAndRefusesWhenItsOffsetsAreLost() throws Exception {
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    start(AssemblePart.of(context(), kafka, registry.serdes()));
    await()
        .atMost(LIMIT)
        .until(() -> !read(topics.batches(), new ByteArrayDeserializer()).isEmpty());
    stop();
    admin = kafka.admin();
    assertThat(committed("-assemble")).hasSize(2);
    String group = deployment + "-assemble";
    // Streams leaves a member behind, for a quick return.
    get(
        admin
            .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
            .all());
    get(admin.deleteConsumerGroups(List.of(group)).all());
    assertThatThrownBy(() -> AssemblePart.of(context(), kafka, registry.serdes()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("the offsets of group " + group)
        .hasMessageContaining("for topic %s:0,1,".formatted(topics.slices()));
  }

  private void assembleAndStop() throws Exception {
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    start(AssemblePart.of(context(), kafka, registry.serdes()));
    var changelog = deployment + "-assemble-open-batches-changelog";
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> !read(changelog, new ByteArrayDeserializer()).isEmpty());
    stop();
    admin = kafka.admin();
    get(
        admin
            .removeMembersFromConsumerGroup(
                deployment + "-assemble", new RemoveMembersFromConsumerGroupOptions())
            .all());
  }

  @Test
  void theAssemblerRefusesWhenTheOffsetOfOnePartitionIsLost() throws Exception {
    assembleAndStop();
    var second = new TopicPartition(topics.slices(), 1);
    get(admin.deleteConsumerGroupOffsets(deployment + "-assemble", Set.of(second)).all());
    assertThatThrownBy(() -> AssemblePart.of(context(), kafka, registry.serdes()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--topic %s:1 --reset-offsets".formatted(topics.slices()));
  }

  /** Its open batches are in its changelogs, and would hold each slice twice. */
  @Test
  void theAssemblerRefusesBeforeItsFirstBatchToo() throws Exception {
    set("batch.linger.ms", "3600000");
    assembleAndStop();
    get(admin.deleteConsumerGroups(List.of(deployment + "-assemble")).all());
    assertThatThrownBy(() -> AssemblePart.of(context(), kafka, registry.serdes()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("the group's changelogs hold what came of it");
  }
}
