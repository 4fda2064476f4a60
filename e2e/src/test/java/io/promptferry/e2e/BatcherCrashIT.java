package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.local.demo.verdict.Ledger;
import io.promptferry.local.demo.verdict.LedgerReader;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.records.Batch;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two batchers on a real broker while prompts keep coming, transactions abort and partitions are
 * added: instances are killed with {@code kill -9} at random moments, one is stopped past its
 * session time-out and wakes to find its partitions gone, and still each prompt is in one slice, in
 * one batch and on one bill.
 */
class BatcherCrashIT {

  private static final String FIRST = "batcher";
  private static final String SECOND = "batcher-2";
  private static final int PARTITIONS = 4;
  private static final int MORE_PARTITIONS = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Topics TOPICS = new Topics("");

  /** Of each part of the batcher, by the topic that it reads. */
  private static final Map<String, String> GROUPS =
      Map.of(
          "promptferry-slice", TOPICS.prompts(),
          "promptferry-assemble", TOPICS.slices(),
          "promptferry-submit", TOPICS.batches());

  private final long seed = Long.getLong("promptferry.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path folder;
  private LocalStack stack;
  private KafkaClients clients;
  private RecordSerdes serdes;
  private Admin admin;
  private Groups groups;
  private PromptTraffic traffic;

  @BeforeEach
  void start() {
    System.out.printf("seed: -Dpromptferry.test.seed=%d%n", seed);
    StackSettings settings =
        StackSettings.defaults(folder)
            .running(FIRST, SECOND)
            .with(Map.of(FIRST, overrides("first"), SECOND, overrides("second")))
            .withDelays(Duration.ofMillis(50), Duration.ofMillis(50));
    stack = LocalStack.start(settings, step -> {});
    clients = new KafkaClients(stack.clientConfig());
    serdes = new RecordSerdes(stack.clientConfig().registry());
    admin = clients.admin();
    groups = new Groups(admin, GROUPS);
    growPrompts(PARTITIONS);
    traffic =
        PromptTraffic.start(
            stack.bootstrapServers(), serdes.serializer(PromptEvent.class), TOPICS.prompts(), seed);
  }

  private static Map<String, String> overrides(String clientId) {
    var overrides = new HashMap<String, String>();
    overrides.put("kafka.client.id", clientId);
    // One commit after the other, so that a kill is likely to fall into one.
    overrides.put("slice.interval.ms", "20");
    overrides.put("batch.linger.ms", "1500");
    overrides.put("batch.max.requests", "200");
    overrides.put("kafka.consumer.metadata.max.age.ms", "1000");
    for (String consumer : List.of("kafka.consumer.", "kafka.streams.consumer.")) {
      overrides.put(consumer + "session.timeout.ms", "6000");
      overrides.put(consumer + "heartbeat.interval.ms", "1500");
    }
    // What a killed instance leaves open holds up those who read behind it.
    overrides.put("kafka.producer.transaction.timeout.ms", "6000");
    overrides.put("kafka.streams.producer.transaction.timeout.ms", "6000");
    return overrides;
  }

  @AfterEach
  void stop() {
    if (traffic != null) {
      traffic.close();
    }
    if (admin != null) {
      admin.close();
    }
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void eachPromptIsInOneSliceOneBatchAndOnOneBill() throws Exception {
    awaitOwners("first", "second");
    await("a first batch").atMost(PATIENCE).until(() -> groups.end(TOPICS.batches()) > 0);
    awaitWork();

    kill(FIRST);
    awaitOwners("second");
    stack.restart(FIRST);
    awaitOwners("first", "second");

    send(Signal.STOP, SECOND);
    awaitOwners("first");
    awaitWork();
    send(Signal.CONT, SECOND);
    awaitOwners("first", "second");

    growPrompts(MORE_PARTITIONS);
    await("prompts sliced from every added partition")
        .atMost(PATIENCE)
        .until(() -> groups.committed("promptferry-slice").size() == MORE_PARTITIONS);

    for (String instance : List.of(FIRST, SECOND, FIRST)) {
      awaitWork();
      kill(instance);
      stack.restart(instance);
    }
    awaitWork();
    traffic.stop();

    await("all work done").atMost(PATIENCE).until(this::isDone);
    BatcherBooks books = books();
    Ledger ledger = LedgerReader.read(stack.simulatorUrl());
    report("at the end");
    System.out.printf(
        "read back: %d prompts %s, %d slices, %d batches, %d dead letters, %d jobs, %d bills%n",
        books.prompts().size(),
        books.expected().entrySet().stream()
            .map(entry -> entry.getKey() + ": " + entry.getValue().size())
            .toList(),
        books.slices().size(),
        books.batches().size(),
        books.deadLetters().size(),
        ledger.jobs(),
        ledger.bills().size());

    assertThat(books.prompts()).hasSize(traffic.committed());
    assertThat(books.expected())
        .containsOnlyKeys(
            PromptTraffic.BAD, PromptTraffic.MODELS.get(0), PromptTraffic.MODELS.get(1));
    assertThat(traffic.aborted()).isNotEmpty();
    assertThat(books.findings()).isEmpty();
    assertThat(billed(books, ledger)).isEmpty();
  }

  private static List<String> billed(BatcherBooks books, Ledger ledger) {
    List<Place> good =
        PromptTraffic.MODELS.stream().flatMap(model -> books.good(model).stream()).toList();
    Stream<Place> bills =
        ledger.bills().stream()
            .flatMap(bill -> Stream.generate(() -> Place.of(bill.key())).limit(bill.times()));
    return BatcherBooks.differences("bills", good, bills);
  }

  private boolean isDone() throws IOException {
    BatcherBooks books = books();
    return hasRead("promptferry-slice", books.prompts())
        && hasRead("promptferry-assemble", books.slices())
        && hasRead("promptferry-submit", books.batches())
        && books.batched() >= books.sliced()
        && LedgerReader.read(stack.simulatorUrl()).bills().size() >= books.batched();
  }

  private <V> boolean hasRead(String group, List<ConsumerRecord<byte[], V>> records) {
    Map<TopicPartition, Long> committed = groups.committed(group);
    Map<TopicPartition, Long> needed =
        records.stream()
            .collect(
                Collectors.toMap(
                    record -> new TopicPartition(record.topic(), record.partition()),
                    record -> record.offset() + 1,
                    Math::max));
    return needed.entrySet().stream()
        .allMatch(entry -> committed.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
  }

  private BatcherBooks books() {
    return new BatcherBooks(
        read(TOPICS.prompts(), new ByteArrayDeserializer()),
        read(TOPICS.deadLetters(), new ByteArrayDeserializer()),
        read(TOPICS.slices(), serdes.deserializer(Slice.class)),
        read(TOPICS.batches(), serdes.deserializer(Batch.class)));
  }

  private <V> List<ConsumerRecord<byte[], V>> read(String topic, Deserializer<V> values) {
    var records = new ArrayList<ConsumerRecord<byte[], V>>();
    try (Consumer<byte[], V> reader = clients.reader(values)) {
      groups
          .partitions(topic)
          .forEach(
              partition ->
                  TopicTail.read(
                      reader, admin, partition, PATIENCE, Clock.systemUTC(), records::add));
    }
    return records;
  }

  private void kill(String instance) {
    stack.service(instance).kill();
    assertThat(stack.service(instance).isAlive()).as("%s after the kill", instance).isFalse();
    report("kill -9 of " + instance);
  }

  private void send(Signal signal, String instance) throws Exception {
    signal.to(stack.service(instance));
    report("SIG" + signal + " of " + instance);
  }

  private void report(String when) {
    System.out.printf(
        "%s: %d prompts committed, %d aborted; ends of slices %d, batches %d, jobs %d%n",
        when,
        traffic.committed(),
        traffic.aborted().size(),
        groups.end(TOPICS.slices()),
        groups.end(TOPICS.batches()),
        groups.end(TOPICS.jobs()));
  }

  private void awaitOwners(String... clientIds) {
    await("groups of " + List.of(clientIds))
        .atMost(PATIENCE)
        .until(() -> groups.areSharedBy(clientIds));
  }

  /** Returns at some moment in the middle of it: the slices have grown by a random number. */
  private void awaitWork() {
    long goal = groups.end(TOPICS.slices()) + 20 + random.nextInt(60);
    await("slices").atMost(PATIENCE).until(() -> groups.end(TOPICS.slices()) >= goal);
  }

  private void growPrompts(int partitions) {
    try {
      admin
          .createPartitions(Map.of(TOPICS.prompts(), NewPartitions.increaseTo(partitions)))
          .all()
          .get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
