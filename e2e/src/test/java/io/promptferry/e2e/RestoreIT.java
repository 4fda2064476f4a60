package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.records.Batch;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.Sends;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A batcher that is killed with a thousand lanes open, and whose state is gone, reads it back from
 * Kafka. How long it took is printed.
 */
class RestoreIT {

  private static final Topics TOPICS = new Topics("");
  private static final int LANES = 1_000;
  private static final int ROUNDS = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void theStateFolderMayBeLost(@TempDir Path folder) throws IOException {
    Map<String, String> overrides =
        Map.of(
            "batch.linger.ms", "30000",
            "lane.by", "attribute:tenant",
            "lane.open.max", Integer.toString(LANES));
    StackSettings settings =
        StackSettings.defaults(folder).running("batcher").with(Map.of("batcher", overrides));
    try (LocalStack stack = LocalStack.start(settings, step -> {})) {
      var clients = new KafkaClients(stack.clientConfig());
      var serdes = new RecordSerdes(stack.clientConfig().registry());
      try (Admin admin = clients.admin();
          Producer<byte[], byte[]> producer = clients.idempotent();
          Consumer<byte[], Batch> reader = clients.reader(serdes.deserializer(Batch.class))) {
        var groups = new Groups(admin, Map.of("promptferry-assemble", TOPICS.slices()));
        Serializer<PromptEvent> events = serdes.serializer(PromptEvent.class);
        for (int round = 1; round <= ROUNDS; round++) {
          Sends.all(producer, prompts(events));
          producer.flush();
          long slices = (long) LANES * round;
          await("slices").atMost(PATIENCE).until(() -> groups.end(TOPICS.slices()) >= slices);
        }

        stack.service("batcher").kill();
        delete(folder.resolve("batcher/state"));
        long start = System.nanoTime();
        stack.restart("batcher");
        System.out.printf(
            "%d slices of %d lanes: ready %d ms after the start%n",
            groups.end(TOPICS.slices()), LANES, (System.nanoTime() - start) / 1_000_000);

        await("all batches")
            .atMost(PATIENCE)
            .until(() -> count(batches(groups, reader, admin)) >= LANES * ROUNDS);
        List<Batch> batches = batches(groups, reader, admin);
        assertThat(count(batches)).isEqualTo(LANES * ROUNDS);
        assertThat(batches.stream().map(batch -> batch.getLane().getLabels()).distinct())
            .hasSize(LANES);
      }
    }
  }

  private static List<ProducerRecord<byte[], byte[]>> prompts(Serializer<PromptEvent> events) {
    return IntStream.range(0, LANES)
        .mapToObj(
            lane -> {
              String tenant = "tenant-" + lane;
              PromptEvent event =
                  PromptEvent.newBuilder()
                      .setPrompt("Say hello.")
                      .setAttributes(Map.of("tenant", tenant))
                      .build();
              return new ProducerRecord<>(
                  TOPICS.prompts(),
                  tenant.getBytes(StandardCharsets.UTF_8),
                  events.serialize(TOPICS.prompts(), event));
            })
        .toList();
  }

  private static List<Batch> batches(Groups groups, Consumer<byte[], Batch> reader, Admin admin) {
    var batches = new ArrayList<Batch>();
    groups
        .partitions(TOPICS.batches())
        .forEach(
            partition ->
                TopicTail.read(
                    reader,
                    admin,
                    partition,
                    PATIENCE,
                    Clock.systemUTC(),
                    record -> batches.add(record.value())));
    return batches;
  }

  private static int count(List<Batch> batches) {
    return batches.stream().mapToInt(Batch::getCount).sum();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
