package io.promptferry.poller;

import io.promptferry.records.Job;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Counts commits, and fails one on demand. */
final class FlakyConsumer extends MockConsumer<byte[], Job> {

  private int commits;
  private boolean failNext;

  FlakyConsumer() {
    super("earliest");
  }

  void failNextCommit() {
    failNext = true;
  }

  int commits() {
    return commits;
  }

  @Override
  public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (failNext) {
      failNext = false;
      throw new CommitFailedException("rebalanced");
    }
    commits++;
    super.commitSync(offsets);
  }
}
