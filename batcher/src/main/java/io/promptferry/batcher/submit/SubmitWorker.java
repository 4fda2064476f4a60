package io.promptferry.batcher.submit;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.batcher.InputFileNames;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Submits the batches of one partition, several of them on their way at a time. */
final class SubmitWorker implements PartitionWorker<Batch> {

  /** What all workers share. */
  record Setting(
      String deployment,
      Topics topics,
      SubmitSettings settings,
      KafkaClients kafka,
      RecordSerdes serdes,
      Accounts accounts,
      LaneGate gate,
      Capacity capacity,
      SubmitMetrics counts,
      MeterRegistry metrics,
      Clock clock) {}

  private final Setting setting;
  private final InputFileNames fileNames;

  SubmitWorker(Setting setting) {
    this.setting = setting;
    this.fileNames = new InputFileNames(setting.deployment());
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
      var progress = new Progress();
      JobLog log = jobLog(partition, producer, progress);
      Tools tools = tools(log, prompts);
      try (var submitter =
          new PartitionSubmitter(
              number,
              record -> submission(tools, record, earlier),
              earlier,
              log,
              progress,
              setting.counts(),
              new Urgency(setting.settings().deadlineNear()),
              setting.clock())) {
        submitAll(partition, submitter);
      }
    }
  }

  private void submitAll(AssignedPartition<Batch> partition, PartitionSubmitter submitter)
      throws IOException, InterruptedException {
    while (true) {
      if (submitter.pending() == 0) {
        submitter.add(partition.take());
      }
      partition.takeMore(room(submitter)).forEach(submitter::add);
      Duration idle = submitter.attempt().orElse(Duration.ZERO);
      // Both end the worker of a partition that is lost, however short the wait.
      if (room(submitter) > 0) {
        partition.awaitMore(idle);
      } else {
        partition.pause(idle);
      }
    }
  }

  private int room(PartitionSubmitter submitter) {
    return setting.settings().pendingMax() - submitter.pending();
  }

  private JobLog jobLog(
      AssignedPartition<Batch> partition, Producer<byte[], byte[]> producer, Progress progress) {
    return new JobLog(
        partition,
        producer,
        setting.serdes().serializer(Job.class),
        setting.topics().jobs(),
        progress,
        setting.clock());
  }

  private Tools tools(JobLog log, Consumer<byte[], byte[]> prompts) {
    var requests =
        new RequestFile(
            prompts,
            setting.serdes().decoder(PromptEvent.class),
            this::topicId,
            setting.settings().readTimeout(),
            setting.clock(),
            setting.metrics());
    return new Tools(
        setting.accounts(),
        requests,
        log,
        setting.gate(),
        setting.capacity(),
        setting.counts(),
        setting.metrics(),
        setting.clock());
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
      Tools tools, ConsumerRecord<byte[], Batch> record, EarlierJobs earlier) {
    Batch batch = record.value();
    SubmitSettings settings = setting.settings();
    var terms =
        new Terms(
            batch,
            record.offset(),
            settings.spool().resolve(batch.getBatchId() + ".jsonl"),
            setting.deployment() + "/" + batch.getBatchId(),
            () -> fileNames.next(batch.getBatchId()),
            batch.getSealedAt().plus(settings.giveUpAfter()),
            settings.quarantine());
    var insistence = new Insistence(settings.backoff(), setting.metrics(), batch.getBatchId());
    return new Submission(tools, insistence, terms, earlier.intent(batch.getBatchId()));
  }
}
