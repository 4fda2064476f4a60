package io.promptferry.batcher.assemble;

import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.Slice;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology of the assembler: {@code slices → assemble → batches}, with three stores. A pure
 * function of what it is given; every name stands here, since names are what an upgrade must find
 * again.
 */
final class AssembleTopology implements Supplier<Topology> {

  static final String BATCHES = "open-batches";
  static final String SLICES = "open-slices";
  static final String PARKED = "parked-slices";

  /**
   * Compaction leaves the newest segment of a changelog alone. Nearly all that the stores get is
   * deleted soon, so by Kafka's default of 1 GB most of what an instance reads to restore them
   * would be about batches long gone.
   */
  private static final Map<String, String> CHANGELOG = Map.of("segment.bytes", "33554432");

  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
  private static final int TICKS_PER_LINGER = 10;

  /** How records become bytes. */
  record RecordSerdes(Serde<Slice> slice, Serde<OpenBatch> openBatch, Serde<Batch> batch) {}

  private final Topics topics;
  private final LanePolicies policies;
  private final RecordSerdes serdes;
  private final RandomGenerator random;
  private final AssembleMetrics metrics;

  /**
   * @param random for batch ids
   */
  AssembleTopology(
      Topics topics,
      LanePolicies policies,
      RecordSerdes serdes,
      RandomGenerator random,
      AssembleMetrics metrics) {
    this.topics = topics;
    this.policies = policies;
    this.serdes = serdes;
    this.random = random;
    this.metrics = metrics;
  }

  @Override
  public Topology get() {
    var topology = new Topology();
    topology.addSource(
        "slices", new StringDeserializer(), serdes.slice().deserializer(), topics.slices());
    topology.addProcessor(
        "assemble", () -> new Assembler(policies, tick(), new BatchIds(random), metrics), "slices");
    topology.addStateStore(store(BATCHES, serdes.openBatch()), "assemble");
    topology.addStateStore(store(SLICES, serdes.slice()), "assemble");
    topology.addStateStore(store(PARKED, serdes.slice()), "assemble");
    topology.addSink(
        "batches",
        topics.batches(),
        new StringSerializer(),
        serdes.batch().serializer(),
        "assemble");
    return topology;
  }

  private static <V> StoreBuilder<KeyValueStore<String, V>> store(String name, Serde<V> serde) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), serde)
        .withLoggingEnabled(CHANGELOG);
  }

  private Duration tick() {
    Duration wanted = policies.shortestLinger().dividedBy(TICKS_PER_LINGER);
    Duration atLeast = wanted.compareTo(Duration.ofMillis(10)) < 0 ? Duration.ofMillis(10) : wanted;
    return atLeast.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : atLeast;
  }
}
