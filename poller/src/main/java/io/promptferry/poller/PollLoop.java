package io.promptferry.poller;

import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.log.LogScope;
import io.promptferry.runtime.service.Loop;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the open jobs. It keeps them nowhere: the committed offset is the oldest unfinished job,
 * so a successor finds all of them by reading on from there, and in the states written since what
 * was reported of them already. Only a state that is still on its way then, or comes from a paused
 * owner, is reported a second time; the collector knows by its receipts.
 */
final class PollLoop implements Loop {

  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * Then Kafka is polled again, so that no number of slow calls costs the membership in the group.
   */
  private static final Duration ROUND = Duration.ofSeconds(5);

  /** Records carry the clocks of those who wrote them. */
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  /** What one loop is made of; it owns the clients, but not the accounts. */
  record Clients(
      Consumer<byte[], Job> consumer,
      Producer<byte[], byte[]> producer,
      Serializer<JobState> states,
      PastStates past,
      Accounts accounts) {}

  private final Clients clients;
  private final PollSettings settings;
  private final PollMetrics metrics;
  private final Clock clock;
  private final Durations durations = new Durations();
  private final Reports reports;
  private final Pace pace;
  private final Map<String, Lookup> lookups = new HashMap<>(); // By account, so few.
  private final Map<TopicPartition, PartitionWatch> watches = new HashMap<>();
  private volatile boolean ready;

  /**
   * A loop that joins its group with the first round.
   *
   * @param random from 0.0 to 1.0, for jitter
   */
  PollLoop(
      Clients clients,
      Topics topics,
      PollSettings settings,
      PollMetrics metrics,
      Clock clock,
      DoubleSupplier random) {
    this.clients = clients;
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
    this.reports = new Reports(clients.producer(), clients.states(), topics.jobStates(), metrics);
    this.pace = new Pace(settings, random);
    clients.consumer().subscribe(List.of(topics.jobs()), new Ownership());
  }

  @Override
  public void runOnce() throws InterruptedException {
    for (ConsumerRecord<byte[], Job> record : clients.consumer().poll(POLL)) {
      take(record);
    }
    look();
    watches.values().forEach(PartitionWatch::dropEnded);
    metrics.watching(open(), clock.instant());
    commit();
  }

  /** The account first whose job has waited the longest, so that a slow one starves no other. */
  private void look() throws InterruptedException {
    Instant end = clock.instant().plus(ROUND);
    Map<String, List<WatchedJob>> byAccount =
        open().stream()
            .sorted(Comparator.comparing(WatchedJob::due))
            .collect(
                Collectors.groupingBy(
                    job -> job.submission().getBatch().getLane().getAccount(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    for (Map.Entry<String, List<WatchedJob>> jobs : byAccount.entrySet()) {
      lookups.computeIfAbsent(jobs.getKey(), this::lookup).round(jobs.getValue(), end);
    }
  }

  private Lookup lookup(String account) {
    var visibility = new Visibility();
    var calls = new Calls(clients.accounts(), account, visibility, metrics);
    var watcher = new Watcher(calls, reports, durations, pace, settings, clock, visibility);
    return new Lookup(account, calls, watcher, settings, clock);
  }

  private List<WatchedJob> open() {
    return watches.values().stream().flatMap(watch -> watch.open().stream()).toList();
  }

  @SuppressWarnings("try") // A scope does its work by being open.
  private void take(ConsumerRecord<byte[], Job> record) throws InterruptedException {
    var partition = new TopicPartition(record.topic(), record.partition());
    PartitionWatch watch = watches.get(partition);
    if (watch == null) {
      watch = new PartitionWatch(past(record));
      watches.put(partition, watch);
    }
    Job job = record.value();
    switch (job.getPhase()) {
      case INTENT -> watch.pass(record.offset());
      case SUBMITTED -> watch.watch(record.offset(), job, clock.instant());
      case REFUSED -> {
        if (!watch.hasEnded(job)) {
          try (var scope = LogScope.ofBatch(job.getBatch().getBatchId(), null)) {
            reports.write(job.getBatch(), Observation.refused(job, clock.instant()));
          }
        }
        watch.pass(record.offset());
      }
    }
  }

  /** What was reported since the oldest unfinished job was made, and what jobs usually take. */
  private Past past(ConsumerRecord<byte[], Job> oldest) {
    var past = new Past();
    Instant made = Instant.ofEpochMilli(oldest.timestamp()).minus(CLOCK_SKEW);
    Instant history = clock.instant().minus(settings.history());
    clients
        .past()
        .read(
            oldest.partition(),
            made.isBefore(history) ? made : history,
            state -> {
              durations.add(state);
              past.add(state);
            });
    return past;
  }

  private void commit() {
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    watches.forEach(
        (partition, watch) -> {
          if (watch.hasNews()) {
            offsets.put(partition, new OffsetAndMetadata(watch.position()));
          }
        });
    if (offsets.isEmpty()) {
      return;
    }
    try {
      clients.consumer().commitSync(offsets);
      watches.values().forEach(PartitionWatch::committed);
    } catch (CommitFailedException | RebalanceInProgressException e) {
      // Where the partition stays ours, the next round tries again; else its next owner starts
      // further back.
      LOG.debug("the offsets were not committed", e);
    }
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    clients.consumer().close();
    clients.producer().close();
  }

  private final class Ownership implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      ready = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      watches.keySet().removeAll(partitions);
    }
  }
}
