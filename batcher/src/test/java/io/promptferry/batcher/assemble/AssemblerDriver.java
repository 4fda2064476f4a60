package io.promptferry.batcher.assemble;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.Slice;
import io.promptferry.schemas.Lanes;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  final MeterRegistry meters = new SimpleMeterRegistry();
  private Instant now;
  private boolean closed;

  AssemblerDriver(
      LanePolicies policies,
      AssembleTopology.RecordSerdes serdes,
      Path stateDir,
      long seed,
      Instant start) {
    this.now = start;
    var topics = new Topics("");
    var settings = new Properties();
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    this.driver =
        new TopologyTestDriver(
            new AssembleTopology(
                    topics, policies, serdes, new Random(seed), new AssembleMetrics(meters))
                .get(),
            settings,
            start);
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
    add(slice, now);
  }

  /** A slice that was written at a moment in the past. */
  void add(Slice slice, Instant written) {
    slices.pipeInput(Lanes.name(slice.getLane()), slice, written);
  }

  void add(Slice.Builder slice) {
    add(slice.build());
  }

  /**
   * The clock leaps and the topology looks at it once, however far: as after a pause of the
   * service.
   */
  void pass(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
  }

  void passUntil(Instant moment) {
    pass(Duration.between(now, moment));
  }

  Instant now() {
    return now;
  }

  /** The batches since the last call. */
  List<Batch> sealed() {
    return keyed().stream().map(pair -> pair.value).toList();
  }

  List<KeyValue<String, Batch>> keyed() {
    return batches.readKeyValuesToList();
  }

  /** Entries of all stores. */
  int stored() {
    return count(AssembleTopology.BATCHES) + count(AssembleTopology.SLICES) + parked();
  }

  int parked() {
    return count(AssembleTopology.PARKED);
  }

  double gauge(String name, String... tags) {
    return meters.get(name).tags(tags).gauge().value();
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
    if (!closed) {
      closed = true;
      driver.close();
    }
  }
}
