package io.promptferry.poller;

import static io.promptferry.poller.Samples.intent;
import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** What is committed, and when. */
class PollLoopOffsetsTest extends PollBench {

  @Test
  void anIntentIsNoJob() throws Exception {
    add(P0, 0, intent("b1"));
    loop.runOnce();

    assertThat(reported()).isEmpty();
    assertThat(provider.asked()).isEmpty();
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void commitsTheOldestUnfinishedJobOfEachPartition() throws Exception {
    add(P0, 5, submitted("b1"));
    add(P0, 6, submitted("b2"));
    add(P0, 7, intent("b3"));
    add(P1, 2, submitted("b4"));
    provider.show(remote("b2", "EXPIRED"));
    provider.show(remote("b4", "EXPIRED"));
    rounds(1);
    assertThat(committed(P0)).isEqualTo(5);
    assertThat(committed(P1)).isEqualTo(3);

    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(committed(P0)).isEqualTo(8);
  }

  @Test
  void commitsNothingBeforeAnythingWasReadNorWithoutNeed() throws Exception {
    rounds(2);
    assertThat(consumer.commits()).isZero();

    add(P0, 0, submitted("b1"));
    rounds(3);
    assertThat(consumer.commits()).isEqualTo(1);
  }

  @Test
  void theOffsetMovesOnlyAfterTheStateIsAcknowledged() {
    producer = producer(false);
    loop = loop();
    assign(P0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));

    CompletableFuture<Void> round = CompletableFuture.runAsync(this::runOnce);
    await().until(() -> producer.history().size() == 1);
    assertThat(round).isNotDone();
    assertThat(consumer.commits()).isZero();

    assertThat(producer.completeNext()).isTrue();
    round.join();
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void aStateThatCannotBeWrittenFailsTheRound() {
    producer = producer(false);
    loop = loop();
    assign(P0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));

    CompletableFuture<Void> round = CompletableFuture.runAsync(this::runOnce);
    await().until(() -> producer.errorNext(new KafkaException("disk full")));

    assertThatThrownBy(round::join)
        .isInstanceOf(CompletionException.class)
        .hasRootCauseMessage("disk full")
        .hasMessageContaining("job-states");
    assertThat(consumer.commits()).isZero();
  }

  @Test
  void anOffsetThatCouldNotBeCommittedIsTriedAgain() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));
    consumer.failNextCommit();
    rounds(1);
    assertThat(committed(P0)).isEqualTo(-1);

    rounds(1);
    assertThat(committed(P0)).isEqualTo(1);
    assertThat(states("b1")).hasSize(1);
  }

  @Test
  void aRevokedPartitionIsForgotten() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P1, 0, submitted("b2"));
    rounds(1);
    provider.asked().clear();
    consumer.rebalance(Set.of(P1));
    provider.show(remote("b1", "EXPIRED"));
    rounds(1);

    assertThat(provider.asked()).containsExactly(jobName("b2"));
    assertThat(reported()).isEmpty();
    assertThat(meters.get("promptferry.jobs.open").gauge().value()).isEqualTo(1);
    assertThat(committed(P0)).isEqualTo(0);
  }

  @Test
  void aPartitionThatComesBackIsReadAgain() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    consumer.rebalance(Set.of(P1));
    consumer.rebalance(Set.of(P0, P1));
    consumer.seek(P0, 0);
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "EXPIRED"));
    rounds(1);

    assertThat(states("b1")).containsExactly("RUNNING", "EXPIRED");
    assertThat(committed(P0)).isEqualTo(1);
  }
}
