package io.promptferry.batcher.slice;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.lane.Lanes;
import io.promptferry.records.Slice;
import io.promptferry.runtime.kafka.Sends;
import io.promptferry.runtime.service.Loop;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Reads prompts, and every half second or at a full slice writes slices, dead letters and offsets
 * in one transaction.
 *
 * <p>All of it on the polling thread: no transaction is ever open when a rebalance is reported, so
 * the generation that Kafka fences by is enough here. What a revoked partition holds uncommitted is
 * forgotten; its next owner reads it again.
 */
final class SliceLoop implements Loop {

  private static final Duration POLL = Duration.ofMillis(100);

  /** What one loop is made of; it owns the clients. */
  record Clients(
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      Serializer<Slice> slices,
      Function<String, String> topicIds) {}

  private final Clients clients;
  private final Topics topics;
  private final PromptIntake intake;
  private final Function<TopicPartition, PartitionSlicer> slicers;
  private final Duration interval;
  private final Clock clock;
  private final SliceMetrics metrics;

  private final Map<TopicPartition, PartitionSlicer> open = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private Instant commitBy;
  private volatile boolean ready;

  SliceLoop(
      Clients clients,
      Topics topics,
      PromptIntake intake,
      SliceSettings settings,
      MeterRegistry registry,
      Clock clock) {
    this.clients = clients;
    this.topics = topics;
    this.intake = intake;
    this.slicers =
        partition ->
            new PartitionSlicer(
                partition, clients.topicIds().apply(partition.topic()), settings.policies());
    this.interval = settings.interval();
    this.clock = clock;
    this.metrics = new SliceMetrics(registry);
    this.commitBy = clock.instant();
    clients.producer().initTransactions();
    clients.consumer().subscribe(topics.allPrompts(), new Ownership());
  }

  @Override
  public void runOnce() {
    for (ConsumerRecord<byte[], byte[]> record : clients.consumer().poll(POLL)) {
      accept(record);
    }
    boolean full = open.values().stream().anyMatch(PartitionSlicer::hasFull);
    if (!next.isEmpty() && (full || !clock.instant().isBefore(commitBy))) {
      commit();
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    if (next.isEmpty()) {
      commitBy = clock.instant().plus(interval);
    }
    var partition = new TopicPartition(record.topic(), record.partition());
    Intake decision = intake.decide(record, clock.instant());
    open.computeIfAbsent(partition, slicers).accept(record, decision);
    if (decision instanceof Intake.Rejected rejected) {
      deadLetters.add(new DeadLetter(record, rejected));
      metrics.rejected(rejected.reason());
    } else {
      metrics.accepted();
    }
    next.put(partition, new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
  }

  private void commit() {
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    deadLetters.forEach(letter -> records.add(letter.toRecord(topics.deadLetters())));
    open.values().forEach(slicer -> slicer.drain().forEach(slice -> records.add(record(slice))));
    Producer<byte[], byte[]> producer = clients.producer();
    producer.beginTransaction();
    try {
      Sends.all(producer, records);
      producer.sendOffsetsToTransaction(next, clients.consumer().groupMetadata());
      producer.commitTransaction();
    } catch (KafkaException e) {
      abort(e);
      throw e;
    }
    deadLetters.clear();
    next.clear();
  }

  private void abort(KafkaException cause) {
    try {
      clients.producer().abortTransaction();
    } catch (RuntimeException e) {
      // Fenced, out of reach, or (an IllegalStateException) a commit that timed out: the broker
      // ends
      // what is left open.
      cause.addSuppressed(e);
    }
  }

  private ProducerRecord<byte[], byte[]> record(Slice slice) {
    byte[] value = clients.slices().serialize(topics.slices(), slice);
    return new ProducerRecord<>(topics.slices(), Lanes.key(slice.getLane()), value);
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    clients.consumer().close();
    clients.producer().close();
  }

  private final class Ownership implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      ready = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      open.keySet().removeAll(partitions);
      next.keySet().removeAll(partitions);
      deadLetters.removeIf(letter -> partitions.contains(letter.partition()));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      onPartitionsRevoked(partitions);
    }
  }
}
