package io.promptferry.batcher.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.InputFileNames;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.RegistryStub;
import io.promptferry.batcher.submit.SubmitSettings;
import io.promptferry.gemini.FilePage;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.ListedFile;
import io.promptferry.gemini.memory.KeyRing;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.Topics;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import io.promptferry.stack.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep as it is wired, with a real broker and the provider over HTTP. */
class SweepIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir static Path brokerFolder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static Broker broker;

  @SuppressWarnings("NullAway.Init")
  private static RegistryStub registry;

  private static int tests;

  @TempDir private Path folder;

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final InputFileNames names = new InputFileNames("ferry");
  private final Map<String, String> environment = new HashMap<>();
  private int batches;

  @SuppressWarnings("NullAway.Init")
  private Simulator simulator;

  @SuppressWarnings("NullAway.Init")
  private GeminiProvider provider;

  private final KeyRing keys = new KeyRing();

  @SuppressWarnings("NullAway.Init")
  private KafkaClients kafka;

  @SuppressWarnings("NullAway.Init")
  private Topics topics;

  @BeforeAll
  static void startBroker() {
    broker = Broker.start(brokerFolder);
    registry = new RegistryStub();
  }

  @AfterAll
  static void stopBroker() {
    registry.close();
    broker.close();
  }

  @BeforeEach
  void start() throws Exception {
    simulator =
        Simulator.start(
            SimulatorSettings.in(folder.resolve("simulator"))
                .withDelays(Duration.ofHours(1), Duration.ZERO),
            clock);
    provider =
        new GeminiProvider(
            new GeminiSettings(
                new Password("simulator"),
                simulator.baseUrl().toString(),
                LIMIT,
                LIMIT,
                LIMIT,
                256 * 1024,
                1,
                2));
    keys.give("gold", provider);
    set("deployment", "ferry");
    set("topics.prefix", "t" + ++tests + ".");
    set("kafka.bootstrap.servers", broker.bootstrapServers());
    set("schema.registry.url", "http://127.0.0.1:1");
    kafka = new KafkaClients(config());
    topics = Topics.from(config());
    try (Admin admin = kafka.admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topics.jobs(), 2, (short) 1),
                  new NewTopic(topics.jobStates(), 2, (short) 1)))
          .all()
          .get(20, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void stop() {
    provider.close();
    simulator.close();
  }

  private void set(String key, String value) {
    environment.put("PROMPTFERRY_" + key.replace('.', '_'), value);
  }

  private ServiceConfig config() {
    var def = SubmitSettings.define(Topics.define(ServiceConfig.define()));
    return ConfigLoader.load(SweepSettings.define(def), null, environment);
  }

  private Part part() {
    var context = new Service.Context(config(), metrics, clock);
    return SweepPart.of(context, kafka, registry.serdes(), keys).orElseThrow();
  }

  private String upload(String name) throws IOException {
    return provider.upload(Files.writeString(folder.resolve("in"), "content"), name).name();
  }

  private String newBatch() {
    return "20260131-235959-k3f9x2a" + ++batches;
  }

  private String upload(InputFileNames of) throws IOException {
    return upload(of.next(newBatch()));
  }

  private List<String> stored() {
    var all = new ArrayList<String>();
    String token = "";
    do {
      FilePage page = provider.files(token);
      page.files().stream().map(ListedFile::name).forEach(all::add);
      token = page.next();
    } while (!token.isEmpty());
    return all;
  }

  private ProducerRecord<byte[], byte[]> record(String topic, String batchId, byte[] value) {
    return new ProducerRecord<>(topic, batchId.getBytes(StandardCharsets.UTF_8), value);
  }

  private ProducerRecord<byte[], byte[]> job(JobPhase phase, String batchId, String file) {
    Serializer<Job> jobs = registry.serdes().serializer(Job.class);
    Job job = Records.job(phase, batchId, file);
    return record(topics.jobs(), batchId, jobs.serialize(topics.jobs(), job));
  }

  private ProducerRecord<byte[], byte[]> ended(String batchId) {
    Serializer<JobState> states = registry.serdes().serializer(JobState.class);
    JobState state = Records.state(batchId, "SUCCEEDED", true);
    return record(topics.jobStates(), batchId, states.serialize(topics.jobStates(), state));
  }

  private void write(ProducerRecord<byte[], byte[]> record) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.idempotent()) {
      producer.send(record).get(20, TimeUnit.SECONDS);
    }
  }

  private double deleted() {
    return metrics.get("promptferry.provider.files.swept").counter().count();
  }

  @Test
  void whatAKilledProcessLeftBehindIsGoneAndAllElseStays() throws Exception {
    set("sweep.interval.ms", "100");
    String leftover = upload(names);
    String theirs = upload("notes-of-somebody");
    String neighbours = upload(new InputFileNames("ferry-2"));
    String intended = upload(names);
    write(job(JobPhase.INTENT, "b-intended", intended));
    String running = upload(names);
    write(job(JobPhase.SUBMITTED, "b-running", running));
    String settled = upload(names);
    write(job(JobPhase.SUBMITTED, "b-settled", settled));
    write(ended("b-settled"));
    clock.advance(Duration.ofHours(12).plusSeconds(1));
    String fresh = upload(names);

    try (Part part = part()) {
      part.start();
      await().atMost(LIMIT).until(() -> deleted() == 2);
      assertThat(stored())
          .containsExactlyInAnyOrder(theirs, neighbours, intended, running, fresh)
          .doesNotContain(leftover, settled);

      write(ended("b-running"));
      await().atMost(LIMIT).until(() -> deleted() == 3);
      assertThat(stored()).containsExactlyInAnyOrder(theirs, neighbours, intended, fresh);
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  metrics
                          .get("promptferry.provider.storage")
                          .tags("account", "gold", "owner", "ours")
                          .gauge()
                          .value()
                      == 2 * "content".length());
    }
  }

  /** The intent may be in it. */
  @Test
  void whileATransactionIsOpenNothingIsDeleted() throws Exception {
    set("sweep.interval.ms", "100");
    String intended = upload(names);
    String leftover = upload(names);
    clock.advance(Duration.ofHours(13));
    try (Producer<byte[], byte[]> producer = kafka.transactional("writer")) {
      producer.initTransactions();
      producer.beginTransaction();
      var unused = producer.send(job(JobPhase.INTENT, "b", intended));
      producer.flush();
      try (Part part = part()) {
        part.start();
        await()
            .atMost(LIMIT)
            .until(() -> !metrics.find("promptferry.provider.files").gauges().isEmpty());
        await().during(Duration.ofSeconds(1)).atMost(LIMIT).until(() -> deleted() == 0);
        producer.commitTransaction();
        await().atMost(LIMIT).until(() -> deleted() == 1);
        assertThat(stored()).contains(intended).doesNotContain(leftover);
      }
    }
  }

  @Test
  void anIntervalOfZeroTurnsItOff() {
    set("sweep.interval.ms", "0");
    var context = new Service.Context(config(), metrics, clock);
    assertThat(SweepPart.of(context, kafka, registry.serdes(), keys)).isEmpty();
    assertThat(metrics.find("promptferry.provider.files.swept").counter()).isNull();
  }
}
