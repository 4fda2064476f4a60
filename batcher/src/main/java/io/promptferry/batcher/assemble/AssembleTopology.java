package io.promptferry.batcher.assemble;

import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology of the assembler: {@code slices → assemble → batches}, with two stores. A pure
 * function of what it is given; every name stands here, since names are what an upgrade must find
 * again.
 */
final class AssembleTopology implements Supplier<Topology> {

  static final String BATCHES = "open-batches";
  static final String SLICES = "open-slices";

  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
  private static final int TICKS_PER_LINGER = 10;

  /** How records become bytes. */
  record RecordSerdes(Serde<Slice> slice, Serde<OpenBatch> openBatch, Serde<Batch> batch) {}

  private final Topics topics;
  private final LanePolicies policies;
  private final RecordSerdes serdes;
  private final RandomGenerator random;
  private final BiConsumer<SealReason, Batch> sealed;

  /**
   * @param random for batch ids
   * @param sealed is told of every batch that is closed
   */
  AssembleTopology(
      Topics topics,
      LanePolicies policies,
      RecordSerdes serdes,
      RandomGenerator random,
      BiConsumer<SealReason, Batch> sealed) {
    this.topics = topics;
    this.policies = policies;
    this.serdes = serdes;
    this.random = random;
    this.sealed = sealed;
  }

  @Override
  public Topology get() {
    var topology = new Topology();
    topology.addSource(
        "slices", new StringDeserializer(), serdes.slice().deserializer(), topics.slices());
    topology.addProcessor(
        "assemble",
        () ->
            new Assembler(
                new SealRules(policies.usual().limits()), tick(), new BatchIds(random), sealed),
        "slices");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(BATCHES), Serdes.String(), serdes.openBatch()),
        "assemble");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(SLICES), Serdes.String(), serdes.slice()),
        "assemble");
    topology.addSink(
        "batches",
        topics.batches(),
        new StringSerializer(),
        serdes.batch().serializer(),
        "assemble");
    return topology;
  }

  private Duration tick() {
    Duration wanted = policies.usual().limits().linger().dividedBy(TICKS_PER_LINGER);
    Duration atLeast = wanted.compareTo(Duration.ofMillis(10)) < 0 ? Duration.ofMillis(10) : wanted;
    return atLeast.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : atLeast;
  }
}
