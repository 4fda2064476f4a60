package io.promptferry.local.run;

import io.promptferry.local.client.Setup;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.Prerequisites;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic that a run's prompts go to, and which of its rows are there. */
final class RunTopic {

  private static final Duration POLL = Duration.ofMillis(200);

  /** Another writer's open transaction holds the reading up; the broker ends most in less. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final KafkaClients kafka;
  private final String name;
  private final Clock clock;

  /**
   * Checks that it can be written to.
   *
   * @throws KafkaException when the cluster or the registry does not answer or lacks what is
   *     needed; one line that says what to do
   */
  RunTopic(ServiceConfig config, String name, Clock clock) {
    this.kafka = new KafkaClients(config);
    this.name = name;
    this.clock = clock;
    Prerequisites.check(
        kafka::admin, Setup.serdes(config), List.of(name), List.of(), Setup.ANSWER_LIMIT);
  }

  String name() {
    return name;
  }

  /** Where its partitions end, open transactions included. */
  Map<Integer, Long> ends() {
    try (Admin admin = kafka.admin()) {
      var ends = new TreeMap<Integer, Long>();
      TopicTail.highWatermarks(admin, List.of(name), Setup.ANSWER_LIMIT)
          .forEach((partition, end) -> ends.put(partition.partition(), end));
      return ends;
    }
  }

  /**
   * The rows of a run that are committed. Its sender must have been fenced before, so that none is
   * under way.
   *
   * @throws IOException when retention, or somebody, has taken some of what was written since the
   *     run began
   */
  BitSet rows(RunState state) throws IOException {
    var rows = new BitSet();
    Map<TopicPartition, Long> open = new HashMap<>();
    ends().forEach((partition, end) -> open.put(new TopicPartition(name, partition), end));
    try (Consumer<byte[], byte[]> consumer = kafka.reader(new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> oldest =
          consumer.beginningOffsets(open.keySet(), Setup.ANSWER_LIMIT);
      for (Map.Entry<TopicPartition, Long> end : open.entrySet()) {
        long start = start(state, end.getKey());
        if (oldest.getOrDefault(end.getKey(), 0L) > start || end.getValue() < start) {
          throw new IOException(
              "%s no longer holds all that was written since run %s began, so which rows were sent"
                      .formatted(name, state.run())
                  + " cannot be told: --again sends all, also those that were sent before");
        }
      }
      open.entrySet().removeIf(end -> end.getValue() <= start(state, end.getKey()));
      consumer.assign(open.keySet());
      open.keySet().forEach(partition -> consumer.seek(partition, start(state, partition)));
      Instant giveUp = clock.instant().plus(PATIENCE);
      while (!open.isEmpty()) {
        boolean moved = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          moved = true;
          RunMark.row(record.headers(), state.run()).ifPresent(rows::set);
        }
        // By position: what is last may be a transaction's marker, which is no record.
        moved |= open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        if (moved) {
          giveUp = clock.instant().plus(PATIENCE);
        } else if (clock.instant().isAfter(giveUp)) {
          throw new KafkaException(
              name
                  + " cannot be read to its end: if another writer left a transaction open, run"
                  + " this again in some minutes");
        }
      }
    }
    return rows;
  }

  /** A partition that was added since began empty. */
  private static long start(RunState state, TopicPartition partition) {
    return state.starts().getOrDefault(partition.partition(), 0L);
  }
}
