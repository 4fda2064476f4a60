package io.promptferry.collector;

import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.Responses;
import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.SpanCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the ended jobs of one partition, one after the other. */
final class CollectWorker implements PartitionWorker<JobState> {

  private static final Logger LOG = LoggerFactory.getLogger(CollectWorker.class);

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
      CollectMetrics metrics,
      Clock clock) {

    Responses responses() {
      return new Responses(
          responseTopics, serdes.serializer(PromptResponse.class), maxResponseBytes);
    }
  }

  private final Setting setting;
  private final ResultSpool spool;
  private final Serializer<Receipt> receiptSerializer;

  // Once for each worker and not for each batch: they ask the registry and remember its answers.
  private final Responses responses;
  private final RecordDecoder<PromptEvent> decoder;

  CollectWorker(Setting setting) {
    this.setting = setting;
    this.spool = new ResultSpool(setting.accounts(), setting.settings(), setting.clock());
    this.receiptSerializer = setting.serdes().serializer(Receipt.class);
    this.responses = setting.responses();
    this.decoder = setting.serdes().decoder(PromptEvent.class);
  }

  @Override
  public void run(AssignedPartition<JobState> partition) throws IOException, InterruptedException {
    int number = partition.topicPartition().partition();
    try (Producer<byte[], byte[]> producer =
            setting.kafka().transactional(setting.deployment() + "-collector-" + number);
        Consumer<byte[], byte[]> prompts = setting.kafka().reader(new ByteArrayDeserializer())) {
      // Ends what an earlier owner of this partition left open, and bars it from writing more.
      producer.initTransactions();
      Receipts receipts = readReceipts(number);
      while (true) {
        ConsumerRecord<byte[], JobState> record = partition.take();
        JobState state = record.value();
        Job submission = state.getSubmission();
        if (submission == null || receipts.isSettled(state.getBatchId())) {
          partition.transact(producer, record.offset() + 1, List.of());
        } else {
          Totals totals = collect(partition, producer, prompts, record, submission, receipts);
          report(state, totals);
        }
      }
    }
  }

  private Totals collect(
      AssignedPartition<JobState> partition,
      Producer<byte[], byte[]> producer,
      Consumer<byte[], byte[]> prompts,
      ConsumerRecord<byte[], JobState> record,
      Job submission,
      Receipts receipts)
      throws IOException, InterruptedException {
    JobState state = record.value();
    Optional<Receipt> earlier = receipts.open(state.getBatchId());
    Optional<Path> local =
        state.getResultFile() == null ? Optional.empty() : spool.fetch(state, partition);
    var cursor =
        new SpanCursor(
            prompts,
            submission.getBatch().getSpans(),
            Collection.position(earlier),
            this::topicId,
            setting.settings().readTimeout(),
            setting.clock());
    var collection =
        new Collection(state, submission, responses, decoder, setting.settings(), setting.clock());
    Totals totals;
    try (ResultFile results = local.isPresent() ? open(local.get(), submission) : null) {
      var outcomes =
          new BatchOutcomes(submission, results, whole(state, local), setting.settings().maxLine());
      totals =
          collection.run(
              cursor,
              outcomes,
              earlier,
              new ChunkCommit(
                  partition,
                  producer,
                  record.offset(),
                  setting.topics().receipts(),
                  receiptSerializer,
                  receipts));
    }
    setting.metrics().read(cursor.fetchedRecords(), cursor.usedRecords());
    spool.clear(state, local);
    return totals;
  }

  private ResultFile open(Path local, Job submission) throws IOException {
    ResultFile results =
        ResultFile.open(
            local, new LineKeys(submission.getBatch().getSpans()), setting.settings().maxLine());
    ResultFile.Counts counts = results.counts();
    if (counts.doubled() > 0 || counts.unknown() > 0) {
      LOG.warn(
          "batch {}: of its results, {} lines repeat a prompt and {} belong to none",
          submission.getBatch().getBatchId(),
          counts.doubled(),
          counts.unknown());
    }
    return results;
  }

  /** The outcome of prompts that no line stands for. */
  static Outcome whole(JobState state, Optional<Path> local) {
    if (state.getResultFile() != null && local.isEmpty()) {
      return new Outcome.Failed(
          ErrorReason.RESULTS_UNREADABLE,
          null,
          "the results could not be read within " + CollectSettings.GIVE_UP_AFTER);
    }
    return BatchOutcomes.withoutLine(state);
  }

  private void report(JobState state, Totals totals) {
    setting.metrics().collected(totals);
    if (totals.getVanished() > 0) {
      LOG.error(
          "batch {}: {} prompts are gone from the log and stay unanswered; raise the retention of the prompts topic",
          state.getBatchId(),
          totals.getVanished());
    }
    LOG.info(
        "batch {} is answered: {} succeeded, {} failed",
        state.getBatchId(),
        totals.getSucceeded(),
        totals.getFailed());
  }

  private Optional<String> topicId(String topic) {
    try (Admin admin = setting.kafka().admin()) {
      return new TopicAdmin(admin, setting.settings().readTimeout()).topicId(topic);
    }
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
