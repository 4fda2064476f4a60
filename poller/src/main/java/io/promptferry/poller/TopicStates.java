package io.promptferry.poller;

import io.promptferry.records.JobState;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Reads the states back from their topic. */
record TopicStates(
    KafkaClients kafka, RecordSerdes serdes, String topic, Duration timeout, Clock clock)
    implements PastStates {

  @Override
  public void read(int partition, Instant since, java.util.function.Consumer<JobState> states) {
    try (Admin admin = kafka.admin();
        Consumer<byte[], JobState> reader = kafka.reader(serdes.deserializer(JobState.class))) {
      TopicTail.readSince(
          since,
          reader,
          admin,
          new TopicPartition(topic, partition),
          timeout,
          clock,
          record -> states.accept(record.value()));
    }
  }
}
