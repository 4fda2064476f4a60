package io.promptferry.collector;

import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.Responses;
import io.promptferry.collector.response.Shortening;
import io.promptferry.collector.result.Expectations;
import io.promptferry.collector.retry.RetryPolicy;
import io.promptferry.collector.retry.RetrySettings;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** Collects the ended jobs of one partition, several of them at a time. */
final class CollectWorker implements PartitionWorker<JobState> {

  /** What all workers share. */
  record Setting(
      String deployment,
      Topics topics,
      CollectSettings settings,
      KafkaClients kafka,
      RecordSerdes serdes,
      Accounts accounts,
      ResponseTopics responseTopics,
      int maxResponseBytes,
      RetrySettings retries,
      Prices prices,
      CollectMetrics metrics,
      Clock clock) {

    Responses responses() {
      return new Responses(
          responseTopics, serdes.serializer(PromptResponse.class), maxResponseBytes);
    }

    Delivery delivery() {
      return new Delivery(
          responseTopics,
          new Shortening(
              serdes.decoder(PromptResponse.class), serdes.serializer(PromptResponse.class)),
          metrics::overflowed);
    }
  }

  private final Setting setting;
  private final ResultSpool spool;
  private final CollectTools tools;

  /**
   * Of one partition.
   *
   * @param spool that of all workers
   */
  CollectWorker(Setting setting, ResultSpool spool) {
    this.setting = setting;
    this.spool = spool;
    // Once for each worker and not for each batch: they ask the registry and remember its answers.
    this.tools =
        new CollectTools(
            setting.settings(),
            setting.responses(),
            setting.serdes().decoder(PromptEvent.class),
            new Expectations(),
            new RetryPolicy(setting.retries(), () -> ThreadLocalRandom.current().nextDouble()),
            new SliceRecords(setting.topics().slices(), setting.serdes().serializer(Slice.class)),
            setting.clock());
  }

  @Override
  public void run(AssignedPartition<JobState> partition) throws IOException, InterruptedException {
    int number = partition.topicPartition().partition();
    try (Producer<byte[], byte[]> producer =
        setting.kafka().transactional(setting.deployment() + "-collector-" + number)) {
      // Ends what an earlier owner of this partition left open, and bars it from writing more.
      producer.initTransactions();
      Receipts receipts = readReceipts(number);
      var progress = new Progress();
      try (var means =
              new CollectMeans(setting, tools, spool, partition, producer, receipts, progress);
          var collector = new PartitionCollector(means, receipts, progress)) {
        collectAll(partition, collector);
      } finally {
        setting.metrics().gone(number);
      }
    }
  }

  private void collectAll(AssignedPartition<JobState> partition, PartitionCollector collector)
      throws IOException, InterruptedException {
    int number = partition.topicPartition().partition();
    while (true) {
      setting.metrics().holds(number, collector.load());
      if (collector.open() == 0 && collector.step().isEmpty()) {
        collector.add(partition.take());
      }
      partition.takeMore(room(collector)).forEach(collector::add);
      setting.metrics().holds(number, collector.load());
      Duration idle = collector.step().orElse(Duration.ZERO);
      // Both end the worker of a partition that is lost, however short the wait.
      if (room(collector) > 0) {
        partition.awaitMore(idle);
      } else {
        partition.pause(idle);
      }
    }
  }

  private int room(PartitionCollector collector) {
    return setting.settings().openMax() - collector.open();
  }

  private Receipts readReceipts(int number) {
    var receipts = new Receipts();
    try (Admin admin = setting.kafka().admin();
        Consumer<byte[], Receipt> reader =
            setting.kafka().reader(setting.serdes().deserializer(Receipt.class))) {
      TopicTail.read(
          reader,
          admin,
          new TopicPartition(setting.topics().receipts(), number),
          setting.settings().readTimeout(),
          setting.clock(),
          record -> receipts.add(record.value()));
    }
    return receipts;
  }
}
