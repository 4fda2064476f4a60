package io.promptferry.batcher.sweep;

import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads all partitions of {@code jobs} and {@code job-states} to their ends as they are now. */
final class JobTopics implements Sweep.Jobs {

  private final KafkaClients kafka;
  private final RecordSerdes serdes;
  private final Topics topics;
  private final Duration timeout;
  private final Clock clock;

  JobTopics(KafkaClients kafka, RecordSerdes serdes, Topics topics, Duration timeout, Clock clock) {
    this.kafka = kafka;
    this.serdes = serdes;
    this.topics = topics;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public WantedFiles since(Instant from) {
    var wanted = new WantedFiles();
    try (Admin admin = kafka.admin()) {
      read(admin, topics.jobs(), from, serdes.deserializer(Job.class), wanted::add);
      read(admin, topics.jobStates(), from, serdes.deserializer(JobState.class), wanted::add);
    }
    return wanted;
  }

  private <V> void read(
      Admin admin,
      String topic,
      Instant from,
      Deserializer<V> values,
      java.util.function.Consumer<V> records) {
    try (Consumer<byte[], V> reader = kafka.reader(values)) {
      for (TopicPartition partition :
          TopicTail.highWatermarks(admin, List.of(topic), timeout).keySet()) {
        // Waits out a transaction that is open: an intent may be in it.
        TopicTail.readSince(
            from,
            reader,
            admin,
            partition,
            timeout,
            clock,
            record -> records.accept(record.value()));
      }
    }
  }
}
