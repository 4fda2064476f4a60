package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Submits the batches of one partition, one after the other. */
final class SubmitWorker implements PartitionWorker<Batch> {

  private static final int SUFFIX_RADIX = 36;
  private static final int SUFFIX_RANGE = 36 * 36 * 36 * 36 * 36;

  /** What all workers share. */
  record Setting(
      String deployment,
      Topics topics,
      SubmitSettings settings,
      KafkaClients kafka,
      RecordSerdes serdes,
      BatchProvider provider,
      MeterRegistry metrics,
      Clock clock) {}

  private final Setting setting;

  SubmitWorker(Setting setting) {
    this.setting = setting;
  }

  @Override
  public void run(AssignedPartition<Batch> partition) throws IOException, InterruptedException {
    int number = partition.topicPartition().partition();
    Files.createDirectories(setting.settings().spool());
    try (Producer<byte[], byte[]> producer =
            setting.kafka().transactional(setting.deployment() + "-submit-" + number);
        Consumer<byte[], byte[]> prompts = setting.kafka().reader(new ByteArrayDeserializer())) {
      // Ends what an earlier owner of this partition left open, and bars it from writing more.
      producer.initTransactions();
      EarlierJobs earlier = readEarlier(number);
      var log =
          new JobLog(
              partition,
              producer,
              setting.serdes().serializer(Job.class),
              setting.topics().jobs(),
              setting.clock());
      var requests =
          new RequestFile(
              prompts,
              setting.serdes().decoder(PromptEvent.class),
              this::topicId,
              setting.settings().readTimeout(),
              setting.clock(),
              setting.metrics());
      while (true) {
        ConsumerRecord<byte[], Batch> record = partition.take();
        if (earlier.isFinished(record.value().getBatchId())) {
          log.finish(record.offset());
        } else {
          submission(partition, record, requests, log)
              .run(earlier.intent(record.value().getBatchId()));
        }
      }
    }
  }

  private Optional<String> topicId(String topic) {
    try (Admin admin = setting.kafka().admin()) {
      return new TopicAdmin(admin, setting.settings().readTimeout()).topicId(topic);
    }
  }

  private EarlierJobs readEarlier(int number) {
    var earlier = new EarlierJobs();
    var jobs = new TopicPartition(setting.topics().jobs(), number);
    try (Admin admin = setting.kafka().admin();
        Consumer<byte[], Job> reader =
            setting.kafka().reader(setting.serdes().deserializer(Job.class))) {
      TopicTail.read(
          reader,
          admin,
          jobs,
          setting.settings().readTimeout(),
          setting.clock(),
          record -> earlier.add(record.value()));
    }
    return earlier;
  }

  private Submission submission(
      AssignedPartition<Batch> partition,
      ConsumerRecord<byte[], Batch> record,
      RequestFile requests,
      JobLog log) {
    Batch batch = record.value();
    var terms =
        new Submission.Terms(
            batch,
            record.offset(),
            setting.settings().spool().resolve(batch.getBatchId() + ".jsonl"),
            setting.deployment() + "/" + batch.getBatchId(),
            () -> remoteName(batch),
            batch.getSealedAt().plus(setting.settings().giveUpAfter()));
    var insistence =
        new Insistence(
            partition, setting.settings().backoff(), setting.metrics(), batch.getBatchId());
    var doubt = new Doubt(setting.provider(), setting.metrics());
    return new Submission(
        setting.provider(), doubt, requests, log, insistence, terms, setting.clock());
  }

  private static String remoteName(Batch batch) {
    int suffix = ThreadLocalRandom.current().nextInt(SUFFIX_RANGE);
    return batch.getBatchId()
        + "-"
        + Integer.toString(suffix, SUFFIX_RADIX).toLowerCase(Locale.ROOT);
  }
}
