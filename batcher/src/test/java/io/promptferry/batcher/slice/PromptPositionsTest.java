package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.position.Past;
import io.promptferry.runtime.service.FatalException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptPositionsTest {

  private static final TopicPartition P0 = new TopicPartition(Prompts.TOPIC, 0);
  private static final TopicPartition P1 = new TopicPartition(Prompts.TOPIC, 1);

  private final ReplayConsumer consumer = new ReplayConsumer();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final List<Map<TopicPartition, String>> asked = new ArrayList<>();
  private Optional<String> problem = Optional.empty();
  private Map<String, String> ids = Map.of(Prompts.TOPIC, "now");
  private final PromptPositions positions =
      new PromptPositions(
          consumer,
          new TopicIds() {
            @Override
            public Map<String, String> of(Collection<String> topics) {
              assertThat(topics).containsOnly(Prompts.TOPIC);
              return ids;
            }

            @Override
            public void close() {}
          },
          new Past() {
            @Override
            public boolean isBlank() {
              throw new UnsupportedOperationException("settled before a member joins");
            }

            @Override
            public Optional<String> problem(Map<TopicPartition, String> unset) {
              asked.add(unset);
              return problem;
            }
          },
          new SliceMetrics(metrics));

  @BeforeEach
  void assign() {
    consumer.subscribe(List.of(Prompts.TOPIC));
    consumer.rebalance(List.of(P0, P1));
    consumer.updateBeginningOffsets(Map.of(P0, 3L, P1, 4L));
    consumer.updateEndOffsets(Map.of(P0, 100L, P1, 100L));
  }

  private static OffsetAndMetadata at(long offset, String id) {
    return new OffsetAndMetadata(offset, id);
  }

  @Test
  void goesOnWhereItWasLeft() {
    consumer.commitSync(Map.of(P0, at(7, "now"), P1, at(9, "now")));
    assertThat(positions.takeUp(List.of(P0, P1))).isEmpty();
    assertThat(consumer.position(P0)).isEqualTo(7);
    assertThat(consumer.position(P1)).isEqualTo(9);
    assertThat(positions.topicId(P0)).isEqualTo("now");
    assertThat(asked).isEmpty();
  }

  @Test
  void aPartitionWithoutAnOffsetBeginsAtItsBeginningAndThatIsToBeCommitted() {
    consumer.commitSync(Map.of(P0, at(7, "now")));
    assertThat(positions.takeUp(List.of(P0, P1))).isEqualTo(Map.of(P1, at(4, "now")));
    assertThat(consumer.position(P1)).isEqualTo(4);
    assertThat(asked).containsExactly(Map.of(P1, "now"));
  }

  @Test
  void aPartitionWhoseOffsetWasLostIsNotBegunAgain() {
    consumer.commitSync(Map.of(P0, at(7, "now")));
    problem = Optional.of("set it");
    assertThatThrownBy(() -> positions.takeUp(List.of(P0, P1)))
        .isInstanceOf(FatalException.class)
        .hasMessage("set it");
  }

  @Test
  void anOffsetOfAnotherTopicOfTheNameDoesNotCount() {
    consumer.commitSync(Map.of(P0, at(7, "before"), P1, at(9, "now")));
    assertThat(positions.takeUp(List.of(P0, P1))).isEqualTo(Map.of(P0, at(3, "now")));
    assertThat(consumer.position(P0)).isEqualTo(3);
    assertThat(asked).as("by its id it is new").isEmpty();
  }

  @Test
  void anOffsetThatAPersonSetIsTakenAndStamped() {
    consumer.commitSync(Map.of(P0, at(7, "")));
    assertThat(positions.takeUp(List.of(P0))).isEqualTo(Map.of(P0, at(7, "now")));
    assertThat(consumer.position(P0)).isEqualTo(7);
  }

  @Test
  void aTopicThatIsGoneCannotBeTakenUp() {
    ids = Map.of();
    assertThatThrownBy(() -> positions.takeUp(List.of(P0))).hasMessage("prompts was deleted");
  }

  @Test
  void noticesThatATopicIsAnotherOneOrGone() {
    positions.takeUp(List.of(P0, P1));
    positions.requireSameTopics();
    ids = Map.of(Prompts.TOPIC, "later");
    assertThatThrownBy(positions::requireSameTopics)
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith("prompts was deleted and made anew");
    ids = Map.of();
    assertThatThrownBy(positions::requireSameTopics).hasMessageStartingWith("prompts was deleted:");
  }

  private Map<TopicPartition, OffsetAndMetadata> recover(long position, long needed) {
    return positions.recover(
        new OffsetOutOfRangeException(Map.of(P0, position)), Map.of(P0, needed));
  }

  private double lost() {
    return metrics.counter("promptferry.prompts.lost").count();
  }

  @Test
  void belowTheLogPromptsWereLost() {
    positions.takeUp(List.of(P0, P1));
    consumer.updateBeginningOffsets(Map.of(P0, 10L));
    assertThat(recover(4, 0)).isEqualTo(Map.of(P0, at(10, "now")));
    assertThat(consumer.position(P0)).isEqualTo(10);
    assertThat(lost()).isEqualTo(6);
  }

  @Test
  void whatWasSlicedBeforeIsNotLost() {
    positions.takeUp(List.of(P0, P1));
    consumer.updateBeginningOffsets(Map.of(P0, 10L));
    assertThat(recover(4, 10)).isEmpty();
    assertThat(consumer.position(P0)).isEqualTo(10);
    assertThat(lost()).isZero();
    assertThat(recover(4, 8)).isEqualTo(Map.of(P0, at(10, "now")));
    assertThat(lost()).isEqualTo(2);
  }

  @Test
  void beyondTheLogAPersonMustLook() {
    positions.takeUp(List.of(P0, P1));
    assertThatThrownBy(() -> recover(101, 0))
        .isInstanceOf(FatalException.class)
        .hasMessageContaining("prompts-0 was truncated below offset 101")
        .hasMessageContaining("--topic prompts:0 --reset-offsets")
        .hasMessageNotContaining("\n");
    assertThat(recover(100, 0)).as("there again").isEmpty();
    assertThat(lost()).isZero();
  }

  @Test
  void aLogThatWasCutAndGrewAgainIsForAPersonToo() {
    positions.takeUp(List.of(P0, P1));
    var cut = new LogTruncationException(Map.of(P0, 50L), Map.of(P0, at(40, "")));
    assertThatThrownBy(() -> positions.recover(cut, Map.of())).isInstanceOf(FatalException.class);
  }

  @Test
  void inATopicMadeAnewNothingWasTruncatedOrLost() {
    positions.takeUp(List.of(P0, P1));
    ids = Map.of(Prompts.TOPIC, "later");
    assertThatThrownBy(() -> recover(101, 0))
        .isNotInstanceOf(FatalException.class)
        .hasMessageContaining("made anew");
    assertThatThrownBy(() -> recover(1, 0)).hasMessageContaining("made anew");
    assertThat(lost()).isZero();
  }
}
