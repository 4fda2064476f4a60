package io.promptferry.batcher.assemble;

import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.position.StartPositions;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.Slice;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;

/** Wires the assembler. */
public final class AssemblePart {

  public static final String STATE_DIR = "state.dir";

  private static final int COMMIT_INTERVAL_MS = 500;

  private AssemblePart() {}

  /** Adds the keys that {@link #of} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
        STATE_DIR,
        ConfigDef.Type.STRING,
        "/tmp/promptferry/state",
        new ConfigDef.NonEmptyString(),
        ConfigDef.Importance.MEDIUM,
        "The folder of the assembler's state. A copy of what is in Kafka: losing it costs the time to read it back.");
  }

  public static Part of(Service.Context context, KafkaClients kafka, RecordSerdes serdes) {
    Topics topics = Topics.from(context.config());
    var recordSerdes =
        new AssembleTopology.RecordSerdes(
            serdes.serde(Slice.class), serdes.serde(OpenBatch.class), serdes.serde(Batch.class));
    var topology =
        new AssembleTopology(
            topics,
            LanePolicies.from(context.config()),
            recordSerdes,
            new SecureRandom(),
            new AssembleMetrics(context.metrics()));
    Map<String, Object> settings = kafka.streams();
    settings.put(
        StreamsConfig.APPLICATION_ID_CONFIG,
        context.config().getString(ServiceConfig.DEPLOYMENT) + "-assemble");
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Streams' own 100 ms would cost five times the transactions for batches that leave after
    // minutes; and its producer compresses nothing by itself.
    settings.putIfAbsent(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS);
    settings.putIfAbsent(
        StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, context.config().getString(STATE_DIR));
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "none");
    ensurePositions(context, kafka, topics);
    return new StreamsPart(
        "assemble",
        topology.get(),
        settings,
        context.config().getInt(ServiceConfig.RESTART_MAX),
        context.clock());
  }

  private static void ensurePositions(Service.Context context, KafkaClients kafka, Topics topics) {
    String group = context.config().getString(ServiceConfig.DEPLOYMENT) + "-assemble";
    var timeout = Duration.ofMillis(context.config().getLong(ServiceConfig.STARTUP_TIMEOUT));
    try (Admin admin = kafka.admin()) {
      // Without the topic's id: Streams keeps words of its own in the offsets' metadata.
      new StartPositions(admin, group, new AssembledSlices(admin, topics, group, timeout), timeout)
          .ensure(List.of(topics.slices()), OffsetSpec.earliest(), false);
    }
  }
}
