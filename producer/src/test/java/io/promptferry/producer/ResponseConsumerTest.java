package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.schemas.HeaderNames;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ResponseConsumerTest {

  private static final String SHOES = "responses.shoes";
  private static final String SHARED = "responses";
  private static final Duration MOMENT = Duration.ofSeconds(3);

  /** Each look at it is a tenth of a second later. */
  private final Clock clock =
      new Clock() {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
          now = now.plusMillis(100);
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  private int commitsWokenUp;

  private final MockConsumer<byte[], PromptResponse> kafka =
      new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitSync() {
          if (commitsWokenUp > 0) {
            commitsWokenUp--;
            throw new WakeupException();
          }
          super.commitSync();
        }
      };

  @Test
  void answersComeFromTheTopicOfTheKeyAndTheirsFromTheSharedOne() {
    make(SHOES);
    make(SHARED);
    make("responses.hats");
    ResponseConsumer consumer = consumer(builder().keys("shoes"));
    add(SHOES, 0, "shoes", "own", null);
    add(SHARED, 0, "hats", "not mine", "responses.hats");
    add(SHARED, 1, "shoes", "overflow", SHOES);
    add(SHARED, 2, null, "no key", null);

    assertThat(all(consumer)).containsExactlyInAnyOrder("own", "overflow");
    assertThat(kafka.assignment())
        .extracting(TopicPartition::topic)
        .doesNotContain("responses.hats");
  }

  @Test
  void aTopicThatIsMadeLaterIsReadFromItsBeginning() {
    make(SHARED);
    ResponseConsumer consumer = consumer(builder().keys("shoes").fromNow());
    assertThat(consumer.poll(MOMENT)).isEmpty();

    make(SHOES);
    kafka.schedulePollTask(() -> {});
    kafka.schedulePollTask(
        () -> {
          if (kafka.assignment().contains(new TopicPartition(SHOES, 0))) {
            add(SHOES, 0, "shoes", "first", null);
          }
        });
    assertThat(all(consumer)).containsExactly("first");
  }

  @Test
  void oneIsAwaitedAndTheOthersAreKept() {
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes"));
    add(SHOES, 0, "shoes", "a", null);
    add(SHOES, 1, "shoes", "b", null);
    add(SHOES, 2, "shoes", "c", null);

    assertThat(consumer.await("b", MOMENT).map(Answer::id)).contains("b");
    assertThat(consumer.await("none", MOMENT)).isEmpty();
    assertThat(consumer.await("a", MOMENT).map(Answer::id)).contains("a");
    assertThat(consumer.poll(MOMENT)).extracting(Answer::id).containsExactly("c");
  }

  @Test
  void oneOfSeveralWithTheSameIdIsAwaitedByWhereItsPromptIs() {
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes"));
    add(SHOES, 0, "shoes", "a", null);
    add(SHOES, 1, "shoes", "a", null);

    var sent = new SentPrompt("a", "prompts", 0, 1);
    assertThat(consumer.await(sent, MOMENT).map(answer -> answer.record().offset())).contains(1L);
    assertThat(consumer.await(sent, MOMENT)).isEmpty();
  }

  @Test
  void whatIsKeptIsBounded() {
    make(SHOES);
    ResponseConsumer consumer =
        consumer(builder().keys("shoes").setting("promptferry.await.kept.max", 1));
    add(SHOES, 0, "shoes", "a", null);
    add(SHOES, 1, "shoes", "b", null);

    assertThatThrownBy(() -> consumer.await("c", MOMENT))
        .hasMessageContaining("promptferry.await.kept.max");
  }

  @Test
  void aGroupCommitsWhatItsCallerSays() {
    var partition = new TopicPartition(SHOES, 0);
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes").group("g"));
    kafka.rebalance(Set.of(partition));
    add(SHOES, 0, "shoes", "a", null);
    assertThat(all(consumer)).containsExactly("a");
    assertThat(committed(partition)).isEmpty();

    consumer.commit();
    assertThat(committed(partition)).contains(1L);
    assertThatThrownBy(() -> consumer.await("a", MOMENT)).hasMessageContaining("group.id");
  }

  @Test
  void eachIsHandedOverAndThenCommittedUntilStopped() {
    var partition = new TopicPartition(SHOES, 0);
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes").group("g"));
    kafka.rebalance(Set.of(partition));
    add(SHOES, 0, "shoes", "a", null);
    add(SHOES, 1, "shoes", "b", null);
    var seen = new ArrayList<String>();

    consumer.forEach(
        answer -> {
          assertThat(committed(partition)).isEmpty();
          seen.add(answer.id());
          if (answer.id().equals("b")) {
            kafka.schedulePollTask(consumer::stop);
          }
        });

    assertThat(seen).containsExactly("a", "b");
    assertThat(committed(partition)).contains(2L);
  }

  @Test
  void whatWasDealtWithIsCommittedThoughStopComesMeanwhile() {
    var partition = new TopicPartition(SHOES, 0);
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes").group("g"));
    kafka.rebalance(Set.of(partition));
    add(SHOES, 0, "shoes", "a", null);

    consumer.forEach(
        answer -> {
          consumer.stop();
          commitsWokenUp = 1;
        });

    assertThat(commitsWokenUp).isZero();
    assertThat(committed(partition)).contains(1L);
  }

  @Test
  void aHandlerThatFailsCommitsNothingAndIsGivenTheSameAgain() {
    var partition = new TopicPartition(SHOES, 0);
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes").group("g"));
    kafka.rebalance(Set.of(partition));
    add(SHOES, 0, "shoes", "a", null);
    add(SHOES, 1, "shoes", "b", null);
    add(SHOES, 2, "shoes", "c", null);

    assertThatThrownBy(
            () ->
                consumer.forEach(
                    answer -> {
                      if (answer.id().equals("b")) {
                        throw new IllegalStateException("mine");
                      }
                    }))
        .hasMessage("mine");
    assertThat(committed(partition)).isEmpty();
    assertThat(kafka.position(partition)).isEqualTo(1);

    // The mock forgets what it has given once.
    add(SHOES, 1, "shoes", "b", null);
    add(SHOES, 2, "shoes", "c", null);
    var seen = new ArrayList<String>();
    consumer.forEach(
        answer -> {
          seen.add(answer.id());
          if (answer.id().equals("c")) {
            consumer.stop();
          }
        });
    assertThat(seen).containsExactly("b", "c");
    assertThat(committed(partition)).contains(3L);
  }

  @Test
  void aStopLeavesWhatIsNotHandledYet() {
    var partition = new TopicPartition(SHOES, 0);
    make(SHOES);
    ResponseConsumer consumer = consumer(builder().keys("shoes").group("g"));
    kafka.rebalance(Set.of(partition));
    add(SHOES, 0, "shoes", "a", null);
    add(SHOES, 1, "shoes", "b", null);
    var seen = new ArrayList<String>();

    consumer.forEach(
        answer -> {
          seen.add(answer.id());
          consumer.stop();
        });

    assertThat(seen).containsExactly("a");
    assertThat(committed(partition)).contains(1L);
  }

  @Test
  void onlyWhatIsCommittedIsReadAndNoTopicIsMade() {
    Map<String, Object> settings =
        ResponseConsumerBuilder.kafka(
            ClientSettings.of(
                ConsumerSettings.define(),
                Map.of(
                    "schema.registry.url",
                    "http://127.0.0.1:1",
                    "isolation.level",
                    "read_uncommitted",
                    "enable.auto.commit",
                    "true")));

    assertThat(settings)
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", false)
        .containsEntry("allow.auto.create.topics", false)
        .containsEntry("auto.offset.reset", "earliest");
  }

  @Test
  void whoAsksForNothingIsTold() {
    assertThatThrownBy(() -> builder().build()).hasMessageContaining("keys()");
    assertThatThrownBy(() -> builder().keys("k").group("g").fromNow().build())
        .hasMessageContaining("auto.offset.reset=latest");
    ResponseConsumer alone = consumer(builder().keys("k"));
    assertThatThrownBy(alone::commit).hasMessageContaining("group.id");
  }

  private Optional<Long> committed(TopicPartition partition) {
    return Optional.ofNullable(kafka.committed(Set.of(partition)).get(partition))
        .map(OffsetAndMetadata::offset);
  }

  private static List<String> all(ResponseConsumer consumer) {
    var ids = new ArrayList<String>();
    List<Answer> answers = consumer.poll(MOMENT);
    while (!answers.isEmpty()) {
      answers.forEach(answer -> ids.add(answer.id()));
      answers = consumer.poll(MOMENT);
    }
    return ids;
  }

  private ResponseConsumerBuilder builder() {
    return ResponseConsumer.builder()
        .bootstrapServers("127.0.0.1:1")
        .schemaRegistry("http://127.0.0.1:1")
        .clock(clock);
  }

  private ResponseConsumer consumer(ResponseConsumerBuilder builder) {
    return builder.reading(kafka, builder.parted());
  }

  private void make(String topic) {
    var partition = new TopicPartition(topic, 0);
    Node node = Node.noNode();
    Node[] nodes = {node};
    kafka.updatePartitions(topic, List.of(new PartitionInfo(topic, 0, node, nodes, nodes)));
    kafka.updateBeginningOffsets(Map.of(partition, 0L));
    kafka.updateEndOffsets(Map.of(partition, 0L));
  }

  private void add(
      String topic, long offset, @Nullable String key, String id, @Nullable String intended) {
    var headers = new RecordHeaders();
    headers.add(HeaderNames.PROMPT, ("prompts-0-" + offset).getBytes(UTF_8));
    if (intended != null) {
      headers.add(HeaderNames.INTENDED_TOPIC, intended.getBytes(UTF_8));
    }
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId(id)
            .setStatus(Status.SUCCEEDED)
            .setPromptedAt(Instant.EPOCH)
            .build();
    kafka.addRecord(
        new ConsumerRecord<>(
            topic,
            0,
            offset,
            0,
            TimestampType.CREATE_TIME,
            0,
            0,
            key == null ? null : key.getBytes(UTF_8),
            response,
            headers,
            Optional.empty()));
  }
}
