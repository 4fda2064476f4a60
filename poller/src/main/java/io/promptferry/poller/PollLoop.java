package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.runtime.service.Loop;
import io.promptferry.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the open jobs. It keeps them nowhere: the committed offset is the oldest unfinished job,
 * so a successor finds all of them by reading on from there. Some it will report a second time; the
 * collector knows by its receipts.
 */
final class PollLoop implements Loop {

  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * Then Kafka is polled again, so that no number of slow calls costs the membership in the group.
   */
  private static final Duration ROUND = Duration.ofSeconds(5);

  /** What one loop is made of; it owns the clients. */
  record Clients(
      Consumer<byte[], Job> consumer,
      Producer<byte[], byte[]> producer,
      Serializer<JobState> states,
      BatchProvider provider) {}

  private final Clients clients;
  private final String topic;
  private final PollSettings settings;
  private final PollMetrics metrics;
  private final Clock clock;
  private final Map<TopicPartition, PartitionWatch> watches = new HashMap<>();
  private volatile boolean ready;

  PollLoop(
      Clients clients, Topics topics, PollSettings settings, PollMetrics metrics, Clock clock) {
    this.clients = clients;
    this.topic = topics.jobStates();
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
    clients.consumer().subscribe(List.of(topics.jobs()), new Ownership());
  }

  @Override
  public void runOnce() throws InterruptedException {
    for (ConsumerRecord<byte[], Job> record : clients.consumer().poll(POLL)) {
      var partition = new TopicPartition(record.topic(), record.partition());
      PartitionWatch watch = watches.computeIfAbsent(partition, p -> new PartitionWatch());
      if (record.value().getPhase() == JobPhase.INTENT) {
        watch.pass(record.offset());
      } else {
        watch.add(record.offset(), new WatchedJob(record.value(), clock.instant()));
      }
    }
    look();
    watches.values().forEach(PartitionWatch::dropEnded);
    metrics.open(watches.values().stream().mapToInt(watch -> watch.open().size()).sum());
    commit();
  }

  /**
   * Asks for the job that has been due the longest, then for the next: where a round has not time
   * for all, none waits for ever behind those that come due again meanwhile.
   */
  private void look() throws InterruptedException {
    Instant start = clock.instant();
    List<WatchedJob> due =
        watches.values().stream()
            .flatMap(watch -> watch.open().stream())
            .filter(job -> job.isDue(start))
            .sorted(Comparator.comparing(WatchedJob::due))
            .toList();
    for (WatchedJob job : due) {
      if (!clock.instant().isBefore(start.plus(ROUND))) {
        return;
      }
      if (hasEnded(job)) {
        job.end();
      }
    }
  }

  /** Looks at one job, reports what is new, and tells whether it needs no more watching. */
  private boolean hasEnded(WatchedJob job) throws InterruptedException {
    Job submission = job.submission();
    Instant now = clock.instant();
    if (submission.getPhase() == JobPhase.REFUSED) {
      report(job, Observation.refused(submission, now));
      return true;
    }
    Optional<JobState> seen = ask(submission, now);
    if (seen.isPresent() && Observation.changed(job.last(), seen.get())) {
      report(job, seen.get());
    }
    if (seen.map(JobState::getTerminal).orElse(false)) {
      return true;
    }
    if (!now.isBefore(submission.getAt().plus(settings.giveUpAfter()))) {
      String lastState = seen.map(JobState::getState).orElse("out of reach");
      report(job, Observation.givenUp(submission, lastState, now));
      return true;
    }
    job.waitUntil(now.plus(settings.intervalAt(Duration.between(submission.getAt(), now))));
    return false;
  }

  private Optional<JobState> ask(Job submission, Instant now) {
    String name = String.valueOf(submission.getJob());
    try {
      Optional<RemoteJob> remote = clients.provider().get(name);
      if (remote.isEmpty()) {
        metrics.failed("NOT_FOUND");
        LOG.warn("{} is not known to the provider under this key; asking again", name);
      }
      return remote.map(job -> Observation.of(submission, job, now));
    } catch (ProviderException e) {
      metrics.failed(e.kind().name());
      LOG.warn("cannot learn the state of {} ({}): {}", name, e.kind(), e.getMessage());
      return Optional.empty();
    }
  }

  /** Writes a state and waits until it is safe, since the offset moves on its account. */
  private void report(WatchedJob job, JobState state) throws InterruptedException {
    byte[] key = state.getBatchId().getBytes(StandardCharsets.UTF_8);
    byte[] value = clients.states().serialize(topic, state);
    try {
      clients.producer().send(new ProducerRecord<>(topic, key, value)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot write to " + topic, e.getCause());
    }
    job.reported(state);
    if (state.getTerminal()) {
      metrics.ended(state.getState());
      LOG.info("batch {} ({}) ended {}", state.getBatchId(), state.getJob(), state.getState());
    }
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
      // further back and reports a few states again.
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
    clients.provider().close();
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
