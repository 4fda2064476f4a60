package io.promptferry.collector;

import io.promptferry.collector.resend.Isolation;
import io.promptferry.collector.resend.Rejection;
import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.result.ResultFile;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.Progress;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.spans.SpanCursor;
import io.promptferry.spans.SpanCursor.Position;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the collections of a partition need of Kafka, the disk and the provider. */
final class CollectMeans implements PartitionCollector.Means, Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(CollectMeans.class);

  private final CollectWorker.Setting setting;
  private final CollectTools tools;
  private final ResultSpool spool;
  private final AssignedPartition<JobState> partition;
  private final Producer<byte[], byte[]> producer;
  private final Receipts receipts;
  private final Progress progress;
  private final Serializer<Receipt> serializer;
  private final Delivery delivery;

  /** Each reads the prompts of one batch at a time; as many as are open at once. */
  private final Deque<Consumer<byte[], byte[]>> idle = new ArrayDeque<>();

  CollectMeans(
      CollectWorker.Setting setting,
      CollectTools tools,
      ResultSpool spool,
      AssignedPartition<JobState> partition,
      Producer<byte[], byte[]> producer,
      Receipts receipts,
      Progress progress) {
    this.setting = setting;
    this.tools = tools;
    this.spool = spool;
    this.partition = partition;
    this.producer = producer;
    this.receipts = receipts;
    this.progress = progress;
    this.delivery = setting.delivery();
    this.serializer = setting.serdes().serializer(Receipt.class);
  }

  @Override
  public @Nullable Fetch fetch(JobState state) {
    return state.getResultFile() == null ? null : spool.start(state);
  }

  @Override
  public OpenCollection open(EndedBatch batch, @Nullable Fetch fetch) throws IOException {
    Optional<Path> results = fetch == null ? Optional.empty() : fetch.result();
    Consumer<byte[], byte[]> prompts =
        idle.isEmpty() ? setting.kafka().reader(new ByteArrayDeserializer()) : idle.pop();
    ResultFile lines = results.isPresent() ? lines(results.get(), batch) : null;
    Isolation isolation = isolation(batch, prompts);
    SpanCursor cursor =
        cursor(
            batch,
            prompts,
            isolation == null ? Collection.position(batch.earlier()) : Position.START);
    var collection =
        new Collection(
            batch,
            tools,
            cursor,
            new BatchOutcomes(
                batch.submission(),
                lines,
                whole(batch.state(), results, fetch == null ? "" : fetch.why()),
                setting.settings().maxLine()),
            isolation,
            new ReceiptBook(
                batch,
                setting.settings().receipts(),
                setting.prices(),
                results.isPresent() ? Files.size(results.get()) : 0,
                isolation == null ? 0 : isolation.parts(),
                setting.clock()));
    return new OpenCollection(collection, cursor, lines, () -> idle.push(prompts));
  }

  private ResultFile lines(Path results, EndedBatch batch) throws IOException {
    ResultFile lines =
        ResultFile.open(results, batch.batch().getSpans(), setting.settings().maxLine());
    ResultFile.Counts counts = lines.counts();
    setting.metrics().lines(counts, batch.lines() - counts.prompts());
    if (counts.lines().size() > 1 || counts.prompts() != batch.lines()) {
      LOG.warn(
          "batch {}: of {} prompts {} have a line in its results; lines by kind: {}",
          batch.id(),
          batch.lines(),
          counts.prompts(),
          counts.lines());
    }
    return lines;
  }

  private @Nullable Isolation isolation(EndedBatch batch, Consumer<byte[], byte[]> prompts) {
    Rejection rejection = Rejection.of(batch.state());
    if (rejection == null) {
      return null;
    }
    boolean complete = rejection.line().isPresent() && isComplete(batch, prompts);
    Isolation isolation =
        divided(batch, rejection, complete, setting.settings().isolationMaxJobs(), receipts);
    if (batch.earlier().isEmpty()) {
      LOG.warn(
          "batch {} was rejected as a whole and is divided into {}: {}",
          batch.id(),
          isolation.parts(),
          rejection.message());
    }
    return isolation;
  }

  /** As in an earlier life, else within what the batches of the same root have left over. */
  static Isolation divided(
      EndedBatch batch, Rejection rejection, boolean complete, int maxJobs, Receipts receipts) {
    int budget =
        batch
            .earlier()
            .map(Receipt::getParts)
            .orElseGet(() -> maxJobs - receipts.parts(batch.root()));
    return Isolation.of(rejection, batch.lines(), complete, budget);
  }

  private boolean isComplete(EndedBatch batch, Consumer<byte[], byte[]> prompts) {
    SpanCursor cursor = cursor(batch, prompts, Position.START);
    long there = 0;
    while (cursor.hasNext()) {
      cursor.next();
      there++;
    }
    return there == batch.batch().getCount();
  }

  private SpanCursor cursor(EndedBatch batch, Consumer<byte[], byte[]> prompts, Position start) {
    return new SpanCursor(
        prompts,
        batch.batch().getSpans(),
        start,
        this::topicId,
        setting.settings().readTimeout(),
        setting.clock());
  }

  private Optional<String> topicId(String topic) {
    try (Admin admin = setting.kafka().admin()) {
      return new TopicAdmin(admin, setting.settings().readTimeout()).topicId(topic);
    }
  }

  /**
   * The outcome of prompts that no line stands for.
   *
   * @param why the results could not be read
   */
  static Outcome whole(JobState state, Optional<Path> local, String why) {
    if (state.getResultFile() != null && local.isEmpty()) {
      return new Outcome.Failed(
          ErrorReason.RESULTS_UNREADABLE,
          null,
          "the results could not be read within " + CollectSettings.GIVE_UP_AFTER + ": " + why);
    }
    return BatchOutcomes.withoutLine(state);
  }

  @Override
  public Collection.ChunkWriter writer(long offset) {
    return new ChunkCommit(
        partition,
        producer,
        progress,
        offset,
        setting.topics().receipts(),
        serializer,
        receipts,
        new Recount(setting.settings().receipts()),
        delivery);
  }

  @Override
  public void commit(long offset) {
    partition.transact(producer, offset, List.of());
  }

  @Override
  public void settled(EndedBatch batch, Receipt receipt, OpenCollection collection) {
    SpanCursor prompts = collection.prompts();
    setting.metrics().read(prompts.fetchedRecords(), prompts.usedRecords());
    spool.clear(batch.state());
    Totals totals = receipt.getTotals();
    setting.metrics().collected(receipt);
    if (totals.getVanished() > 0) {
      LOG.error(
          "batch {}: {} prompts are gone from the log and stay unanswered; raise the retention of the prompts topic",
          batch.id(),
          totals.getVanished());
    }
    LOG.info(
        "batch {} is done with: {} succeeded, {} failed, {} sent again",
        batch.id(),
        totals.getSucceeded(),
        totals.getFailed(),
        totals.getRetried());
  }

  @Override
  public void close() {
    idle.forEach(Consumer::close);
    idle.clear();
  }
}
