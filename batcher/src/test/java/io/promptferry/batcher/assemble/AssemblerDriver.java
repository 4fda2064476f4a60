package io.promptferry.batcher.assemble;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.Lanes;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;

/** The topology between two topics in memory. */
final class AssemblerDriver implements AutoCloseable {

  private final TopologyTestDriver driver;
  private final TestInputTopic<String, Slice> slices;
  private final TestOutputTopic<String, Batch> batches;

  /** Every batch that was reported as sealed. */
  final List<KeyValue<SealReason, String>> reported = new ArrayList<>();

  AssemblerDriver(
      BatchLimits limits, AssembleTopology.RecordSerdes serdes, Path stateDir, long seed) {
    var topics = new Topics("");
    var settings = new Properties();
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    this.driver =
        new TopologyTestDriver(
            new AssembleTopology(
                    topics,
                    Policies.of(limits),
                    serdes,
                    new Random(seed),
                    (reason, batch) -> reported.add(KeyValue.pair(reason, batch.getBatchId())))
                .get(),
            settings,
            ManualClock.START);
    this.slices =
        driver.createInputTopic(
            topics.slices(), new StringSerializer(), serdes.slice().serializer());
    this.batches =
        driver.createOutputTopic(
            topics.batches(), new StringDeserializer(), serdes.batch().deserializer());
  }

  static AssembleTopology.RecordSerdes serdes(RecordSerdes serdes) {
    return new AssembleTopology.RecordSerdes(
        serdes.serde(Slice.class), serdes.serde(OpenBatch.class), serdes.serde(Batch.class));
  }

  void add(Slice slice) {
    slices.pipeInput(Lanes.name(slice.getLane()), slice);
  }

  void add(Slice.Builder slice) {
    add(slice.build());
  }

  void pass(Duration time) {
    driver.advanceWallClockTime(time);
  }

  /** The batches since the last call. */
  List<Batch> sealed() {
    return keyed().stream().map(pair -> pair.value).toList();
  }

  List<KeyValue<String, Batch>> keyed() {
    return batches.readKeyValuesToList();
  }

  /** Entries of both stores. */
  int stored() {
    return count(AssembleTopology.BATCHES) + count(AssembleTopology.SLICES);
  }

  private int count(String store) {
    int count = 0;
    try (KeyValueIterator<String, Object> all =
        driver.<String, Object>getKeyValueStore(store).all()) {
      for (; all.hasNext(); all.next()) {
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() {
    driver.close();
  }
}
