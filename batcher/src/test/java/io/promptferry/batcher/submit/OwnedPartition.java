package io.promptferry.batcher.submit;

import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Batch;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;

/** A partition of the batches topic that is ours until this is closed. */
final class OwnedPartition implements AutoCloseable {

  static final TopicPartition PARTITION = new TopicPartition("batches", 2);

  private final PartitionedConsumer<Batch> loop;
  private final CompletableFuture<AssignedPartition<Batch>> assigned = new CompletableFuture<>();

  OwnedPartition() {
    var consumer = new MockConsumer<byte[], Batch>("earliest");
    loop =
        new PartitionedConsumer<>(
            consumer,
            List.of(PARTITION.topic()),
            number ->
                partition -> {
                  assigned.complete(partition);
                  partition.pause(Duration.ofDays(1));
                },
            new PartitionedConsumer.Limits(1, 1),
            new ManualClock());
    consumer.rebalance(List.of(PARTITION));
  }

  AssignedPartition<Batch> get() {
    return assigned.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Takes it away, as a rebalance does. */
  @Override
  public void close() {
    loop.close();
  }
}
