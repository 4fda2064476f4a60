package io.promptferry.collector;

import static io.promptferry.collector.Samples.state;
import static io.promptferry.collector.Samples.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.collector.response.FakeCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.schemas.Topics;
import io.promptferry.stack.Broker;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a job ended, its input file is deleted when its batch is settled, and not before. */
class InputFilesIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final List<String> ENDS =
      List.of(
          "SUCCEEDED",
          "PARTIALLY_SUCCEEDED",
          "FAILED",
          "EXPIRED",
          "CANCELLED",
          "LOST",
          "GIVEN_UP",
          "REFUSED");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static Broker broker;

  @SuppressWarnings("NullAway.Init")
  private static RegistryStub registry;

  private static int tests;

  private final List<String> discarded = new CopyOnWriteArrayList<>();
  private Consumer<String> beforeDiscard = file -> {};

  @SuppressWarnings("NullAway.Init") // Set before each test, as the others.
  private Topics topics;

  @SuppressWarnings("NullAway.Init")
  private KafkaClients kafka;

  @BeforeAll
  static void startBroker() {
    broker = Broker.start(folder.resolve("broker"));
    registry = new RegistryStub();
  }

  @AfterAll
  static void stopBroker() {
    registry.close();
    broker.close();
  }

  @BeforeEach
  void makeTopics() throws Exception {
    topics = new Topics("t" + ++tests + ".");
    kafka =
        new KafkaClients(
            ConfigLoader.load(
                ServiceConfig.define(),
                null,
                Map.of(
                    "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS",
                    broker.bootstrapServers(),
                    "PROMPTFERRY_SCHEMA_REGISTRY_URL",
                    "http://127.0.0.1:1")));
    try (Admin admin = kafka.admin()) {
      List<NewTopic> wanted =
          List.of(
              new NewTopic(topics.jobStates(), 1, (short) 1),
              new NewTopic(topics.receipts(), 1, (short) 1));
      admin.createTopics(wanted).all().get(20, TimeUnit.SECONDS);
    }
  }

  /** Downloads empty results, and notes what it shall delete. */
  private BatchProvider provider() {
    return (BatchProvider)
        Proxy.newProxyInstance(
            BatchProvider.class.getClassLoader(),
            new Class<?>[] {BatchProvider.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "download" -> {
                    Files.writeString((Path) arguments[1], "");
                    yield null;
                  }
                  case "discard" -> {
                    String file = (String) arguments[0];
                    discarded.add(file);
                    beforeDiscard.accept(file);
                    yield true;
                  }
                  default -> throw new AssertionError("nobody asks for " + method);
                });
  }

  private LoopPart collector() throws IOException {
    String name = "t" + tests;
    Accounts accounts = Accounts.only(provider());
    CollectSettings settings = Samples.settings(folder.resolve(name), 10, 1_000);
    var setting =
        new CollectWorker.Setting(
            name,
            topics,
            settings,
            kafka,
            registry.serdes(),
            accounts,
            new ResponseTopics(
                topics,
                new ResponseSettings("responses", 0, Pattern.compile("")),
                new FakeCluster(topics.responses()),
                Clock.systemUTC()),
            1_000_000,
            Samples.once(),
            Prices.shipped(),
            new CollectMetrics(new SimpleMeterRegistry(), Clock.systemUTC()),
            Clock.systemUTC());
    // One thread, so that deletions keep their order.
    ResultSpool spool =
        ResultSpool.open(accounts, settings, new SpoolBounds(1_000_000, 1), Clock.systemUTC());
    return new LoopPart(
        "collect",
        () ->
            new PartitionedConsumer<>(
                kafka.groupConsumer(
                    name,
                    registry.serdes().deserializer(JobState.class),
                    Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")),
                List.of(topics.jobStates()),
                partition -> new CollectWorker(setting, spool),
                new PartitionedConsumer.Limits(100, 100),
                Clock.systemUTC()),
        new LoopPart.Limits(Duration.ofMinutes(5), 20),
        Clock.systemUTC());
  }

  /** The end of a batch without prompts, named by how it ended. */
  private void ended(String... ends) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.idempotent()) {
      for (String end : ends) {
        Job job = submission(List.of());
        job.getBatch().setBatchId(end);
        job.setFile("files/in-" + end);
        JobState state = state(job, end, end.equals("SUCCEEDED") ? "files/out" : null, null);
        state.setBatchId(end);
        byte[] value =
            registry.serdes().serializer(JobState.class).serialize(topics.jobStates(), state);
        byte[] key = end.getBytes(StandardCharsets.UTF_8);
        producer
            .send(new ProducerRecord<>(topics.jobStates(), key, value))
            .get(20, TimeUnit.SECONDS);
      }
    }
  }

  private Set<String> settled() {
    var settled = new HashSet<String>();
    try (Admin admin = kafka.admin();
        var reader = kafka.reader(registry.serdes().deserializer(Receipt.class))) {
      TopicTail.read(
          reader,
          admin,
          new TopicPartition(topics.receipts(), 0),
          LIMIT,
          Clock.systemUTC(),
          record -> {
            if (record.value().getSettled()) {
              settled.add(record.value().getBatchId());
            }
          });
    }
    return settled;
  }

  private static String input(String end) {
    return "files/in-" + end;
  }

  @Test
  void goesOnceTheBatchIsSettledHoweverItEnded() throws Exception {
    var early = new CopyOnWriteArrayList<String>();
    beforeDiscard =
        file -> {
          if (file.startsWith("files/in-")
              && !settled().contains(file.substring("files/in-".length()))) {
            early.add(file);
          }
        };
    ended(ENDS.toArray(String[]::new));
    try (LoopPart part = collector()) {
      part.start();
      await().atMost(LIMIT).until(() -> discarded.size() > ENDS.size());
    }
    assertThat(early).isEmpty();
    var expected = new ArrayList<>(ENDS.stream().map(InputFilesIT::input).toList());
    expected.add("files/out");
    assertThat(discarded).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aDeleteThatFailsHoldsUpAndFailsNothing() throws Exception {
    beforeDiscard =
        file -> {
          throw new ProviderException(ProviderException.Kind.BUSY, 429, "", "later");
        };
    ended(ENDS.toArray(String[]::new));
    try (LoopPart part = collector()) {
      part.start();
      await().atMost(LIMIT).until(() -> discarded.size() > ENDS.size());
      assertThat(part.failure()).isEmpty();
    }
    assertThat(settled()).containsExactlyInAnyOrderElementsOf(ENDS);
    assertThat(discarded).as("once each, and the results").hasSize(ENDS.size() + 1);
  }

  /** So the file is left to the batcher's sweep. */
  @Test
  void aBatchWhoseDeleteWasLostInACrashIsNotCollectedAgain() throws Exception {
    beforeDiscard =
        file -> {
          if (file.equals(input("FAILED"))) {
            throw new IllegalStateException("lost here");
          }
        };
    ended("FAILED", "EXPIRED");
    try (LoopPart part = collector()) {
      part.start();
      await().atMost(LIMIT).until(() -> discarded.contains(input("EXPIRED")));
    }
    assertThat(discarded).containsExactly(input("FAILED"), input("EXPIRED"));
    assertThat(settled()).containsExactlyInAnyOrder("FAILED", "EXPIRED");
  }
}
