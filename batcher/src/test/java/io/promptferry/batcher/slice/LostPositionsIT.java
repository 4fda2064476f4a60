package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.promptferry.batcher.assemble.AssemblePart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import io.promptferry.spans.Spans;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** Where positions are gone, nothing is paid twice and nothing is passed over in silence. */
class LostPositionsIT extends SlicerOnBroker {

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

  private void takeAll(String topic) throws Exception {
    var all = new HashMap<TopicPartition, RecordsToDelete>();
    for (int partition = 0; partition < 2; partition++) {
      all.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(-1));
    }
    get(admin.deleteRecords(all).all());
  }

  @Test
  void whatWasReadAndIsDeletedSinceAsksForNothing() throws Exception {
    produce(topics.prompts(), 0, 5);
    slice();
    awaitAllSliced(topics.prompts());
    stopAndLoseTheOffsets();
    takeAll(topics.prompts());
    produce(topics.prompts(), 0, 3);
    slice();
    awaitCount(8);
    assertThat(Spans.merge(spans(), overlap -> {}))
        .singleElement()
        .satisfies(
            span ->
                assertThat(Runs.decode(span.getRuns()))
                    .containsExactly(new Run(0, 4), new Run(5, 7)));
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
