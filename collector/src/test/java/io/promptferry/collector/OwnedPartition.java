package io.promptferry.collector;

import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;

/** A partition as a worker gets it from the runtime, until it is taken away. */
public final class OwnedPartition<V> implements AutoCloseable {

  private final MockConsumer<byte[], V> consumer = new MockConsumer<>("earliest");
  private final CompletableFuture<AssignedPartition<V>> assigned = new CompletableFuture<>();
  private final PartitionedConsumer<V> loop;

  public OwnedPartition(TopicPartition partition) {
    loop =
        new PartitionedConsumer<>(
            consumer,
            List.of(partition.topic()),
            p ->
                mine -> {
                  assigned.complete(mine);
                  mine.pause(Duration.ofDays(1));
                },
            new PartitionedConsumer.Limits(10, 1),
            Clock.systemUTC());
    consumer.rebalance(Set.of(partition));
  }

  public AssignedPartition<V> get() {
    return assigned.join();
  }

  void revoke() {
    consumer.rebalance(Set.of());
  }

  @Override
  public void close() {
    loop.close();
  }
}
