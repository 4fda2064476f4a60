package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.promptferry.batcher.LoggedAt;
import io.promptferry.batcher.position.NoPast;
import io.promptferry.batcher.position.Past;
import io.promptferry.batcher.position.StartPositions;
import io.promptferry.records.Span;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.Spans;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The slicer as it is wired, on a real broker: exactly the visible prompts are sliced, once. */
class SlicePositionsIT extends SlicerOnBroker {

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
    try (var warnings = new LoggedAt(Level.WARN, StartPositions.class)) {
      slice();
      assertThat(warnings.lines())
          .containsExactly(
              "what is there at this first start is passed over, as slice.first.position asks: {%s=5}"
                  .formatted(topics.prompts()));
    }
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
        new Meanwhile(
            true,
            () -> {
              slice();
              await().atMost(LIMIT).until(() -> parts.get(0).ready());
              produce(topics.prompts(), 0, 5);
            }));
    awaitCount(5);
  }

  @Test
  void whatAnotherInstanceTakesUpMeanwhileIsNotLost() throws Exception {
    produce(topics.prompts(), 0, 5);
    var first = SlicePart.of(context(), kafka, registry.serdes());
    get(admin.deleteConsumerGroups(List.of(deployment + "-slice")).all());
    fromTheEnd(
        new Meanwhile(
            false,
            () -> {
              start(first);
              awaitAllSliced(topics.prompts());
            }));
    produce(topics.prompts(), 0, 1);
    awaitAllSliced(topics.prompts());
  }

  /** A past that somebody makes between the look at the offsets and what follows from it. */
  private record Meanwhile(boolean before, Step step) implements Past {

    @Override
    public boolean isBlank() {
      run();
      return before;
    }

    @Override
    public Optional<String> problem(Map<TopicPartition, String> unset) {
      return Optional.of("slices tell of " + unset.keySet());
    }

    private void run() {
      try {
        step.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
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
          .hasMessageContaining("stop every batcher of it, then start one");
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
}
