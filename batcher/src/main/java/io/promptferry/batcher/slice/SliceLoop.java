package io.promptferry.batcher.slice;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.position.Past;
import io.promptferry.records.Slice;
import io.promptferry.runtime.service.Loop;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads prompts, and every half second or at a full slice writes slices, dead letters and offsets
 * in one transaction.
 *
 * <p>All of it on the polling thread: no transaction is ever open when a rebalance is reported, so
 * the generation that Kafka fences by is enough here. What a revoked partition holds uncommitted is
 * forgotten; its next owner reads it again.
 */
final class SliceLoop implements Loop {

  private static final Logger LOG = LoggerFactory.getLogger(SliceLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * With nothing to commit nobody would notice that a topic was made anew and has, by chance, as
   * many prompts as the old one had.
   */
  private static final Duration IDLE_CHECK = Duration.ofSeconds(30);

  /** What one loop is made of; it owns the clients. */
  record Clients(
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      Serializer<Slice> slices,
      TopicIds topicIds,
      Past past,
      AcceptedPrompts accepted) {}

  private final Clients clients;
  private final Topics topics;
  private final PromptIntake intake;
  private final PromptPositions positions;
  private final RepeatFilter repeats;
  private final SliceWriter writer;
  private final Function<TopicPartition, PartitionSlicer> slicers;
  private final Duration interval;
  private final SliceBounds bounds;
  private final Clock clock;

  private final Map<TopicPartition, PartitionSlicer> open = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
  private final DeadLetters deadLetters;
  private Instant commitBy;
  private Instant checkBy;
  private volatile boolean ready;

  SliceLoop(
      Clients clients,
      Topics topics,
      PromptIntake intake,
      SliceSettings settings,
      SliceBounds bounds,
      MeterRegistry registry,
      Clock clock) {
    this.clients = clients;
    this.topics = topics;
    this.intake = intake;
    var metrics = new SliceMetrics(registry);
    this.positions =
        new PromptPositions(clients.consumer(), clients.topicIds(), clients.past(), metrics);
    this.repeats =
        new RepeatFilter(
            clients.consumer(), positions::topicId, clients.accepted(), bounds, metrics);
    this.writer = new SliceWriter(clients.producer(), clients.slices(), topics.slices(), metrics);
    this.slicers =
        partition ->
            new PartitionSlicer(partition, positions.topicId(partition), settings.policies());
    this.interval = settings.interval();
    this.bounds = bounds;
    this.deadLetters = new DeadLetters(bounds.deadLettersBytes());
    this.clock = clock;
    this.commitBy = clock.instant();
    this.checkBy = clock.instant().plus(IDLE_CHECK);
    try {
      clients.producer().initTransactions();
      subscribe();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void subscribe() {
    if (topics.promptPattern().isEmpty()) {
      clients.consumer().subscribe(topics.allPrompts(), new Ownership());
    } else {
      clients.consumer().subscribe(topics.promptsPattern(), new Ownership());
    }
  }

  @Override
  public void runOnce() {
    try {
      take(clients.consumer().poll(POLL));
    } catch (OffsetOutOfRangeException e) {
      var needed = new HashMap<TopicPartition, Long>();
      e.partitions().forEach(p -> repeats.resume(p).ifPresent(offset -> needed.put(p, offset)));
      positions.recover(e, needed).forEach(this::moveTo);
    }
    Instant now = clock.instant();
    boolean full = open.values().stream().anyMatch(PartitionSlicer::hasFull);
    if (!next.isEmpty() && (full || !now.isBefore(commitBy))) {
      commit();
    } else if (!now.isBefore(checkBy)) {
      checkTopics();
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    Set<TopicPartition> again = repeats.rewind(records);
    for (TopicPartition partition : records.partitions()) {
      OffsetAndMetadata end = records.nextOffsets().get(partition);
      if (!again.contains(partition)
          && take(partition, records.records(partition))
          && end != null
          && next.containsKey(partition)) {
        // Past the markers behind the last record too: else retention, when it deletes an idle
        // partition's last marker, would seem to have deleted a prompt.
        moveTo(partition, positions.at(partition, end));
      }
    }
  }

  /** Whether the last record was taken in, and the partition's position is what is behind it. */
  private boolean take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    boolean taken = false;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      taken = !repeats.restores(partition, record, () -> intake.id(record).orElse(""));
      if (taken) {
        accept(partition, record);
      }
    }
    return taken;
  }

  private void accept(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
    Intake decision = intake.decide(record, clock.instant());
    PartitionSlicer slicer = open.computeIfAbsent(partition, slicers);
    Supplier<String> id =
        () ->
            decision instanceof Intake.Accepted prompt ? prompt.id() : intake.id(record).orElse("");
    // Also one that would be rejected, since its deadline has passed by now: what it repeats is
    // answered.
    if (repeats.repeats(partition, record, id)) {
      slicer.skip(record.offset());
      LOG.debug("{}-{} repeats a prompt and is dropped", partition, record.offset());
    } else if (decision instanceof Intake.Rejected rejected) {
      slicer.skip(record.offset());
      deadLetters.add(
          DeadLetter.of(record, rejected, topics.deadLetters(), bounds.deadLetterBytes()));
    } else if (decision instanceof Intake.Accepted prompt) {
      slicer.add(record.offset(), prompt);
      repeats.add(partition, record, prompt.id());
    }
    var behind = new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), "");
    moveTo(partition, positions.at(partition, behind));
    if (deadLetters.full()) {
      commit();
    }
  }

  private void moveTo(TopicPartition partition, OffsetAndMetadata position) {
    if (next.isEmpty()) {
      commitBy = clock.instant().plus(interval);
    }
    next.put(partition, position);
  }

  private void commit() {
    checkTopics();
    List<Slice> slices = open.values().stream().flatMap(s -> s.drain().stream()).toList();
    writer.write(deadLetters.all(), slices, next, clients.consumer().groupMetadata());
    repeats.committed();
    deadLetters.clear();
    next.clear();
  }

  private void checkTopics() {
    positions.requireSameTopics();
    checkBy = clock.instant().plus(IDLE_CHECK);
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    clients.consumer().close();
    clients.producer().close();
    clients.topicIds().close();
  }

  private final class Ownership implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      positions.takeUp(partitions).forEach(SliceLoop.this::moveTo);
      ready = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      open.keySet().removeAll(partitions);
      next.keySet().removeAll(partitions);
      deadLetters.forget(partitions);
      repeats.forget(partitions);
      positions.giveUp(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      onPartitionsRevoked(partitions);
    }
  }
}
