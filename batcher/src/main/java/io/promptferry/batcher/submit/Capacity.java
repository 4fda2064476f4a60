package io.promptferry.batcher.submit;

import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.batcher.submit.OpenJobs.Load;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether there is room for another job. Counts the open jobs of all instances and what this one is
 * about to create; what two instances take at the same moment is settled by the provider's 429.
 */
final class Capacity {

  /**
   * Why a batch must wait.
   *
   * @param never whether it would not fit even if nothing were in use
   * @param advice names the keys that decide it
   */
  record Shortage(Reason reason, boolean never, String advice) {}

  /** A batch that was told to wait, when it asked last. */
  private record Waiting(Batch batch, Load load, Reason reason, Instant asked) {}

  /** Whoever has not asked for so long is busy or has gone, and holds up nobody. */
  private static final Duration ASKS_WITHIN = Duration.ofSeconds(1);

  /** What is in use; tokens are those of one model. */
  record Use(long jobs, long tokens, long bytes) {}

  private final Function<String, CapacitySettings> settings;
  private final OpenJobs open;
  private final Urgency urgency;
  private final Clock clock;
  private final Map<String, Load> reserved = new HashMap<>();

  /** Of all partitions; whoever goes on waiting asks again and again. */
  private final Map<String, Waiting> waiting = new HashMap<>();

  /** Of these only the file is there. */
  private final Map<String, Load> parked = new HashMap<>();

  /**
   * Counts from nothing.
   *
   * @param settings of an account
   */
  Capacity(
      Function<String, CapacitySettings> settings, OpenJobs open, Urgency urgency, Clock clock) {
    this.settings = settings;
    this.open = open;
    this.urgency = urgency;
    this.clock = clock;
  }

  /** Takes the room that the batch needs, or says why it cannot; what it holds already stays. */
  synchronized Optional<Shortage> reserve(Batch batch) {
    String id = batch.getBatchId();
    if (reserved.containsKey(id)) {
      return Optional.empty();
    }
    Load load = Load.of(batch, clock.instant());
    Load file = parked.remove(id);
    Optional<Shortage> shortage = never(load).or(() -> now(load)).or(() -> before(batch));
    if (shortage.isEmpty()) {
      waiting.remove(id);
      reserved.put(id, load);
      return shortage;
    }
    waiting.put(id, new Waiting(batch, load, shortage.get().reason(), clock.instant()));
    if (file != null) {
      parked.put(id, file);
    }
    return shortage;
  }

  /** A more urgent batch of the account, of whichever partition, for which there is room now. */
  private Optional<Shortage> before(Batch batch) {
    Instant now = clock.instant();
    waiting.values().removeIf(other -> other.asked().plus(ASKS_WITHIN).isBefore(now));
    Comparator<Batch> order = urgency.order(now);
    return waiting.values().stream()
        .filter(
            other ->
                other.load().account().equals(batch.getLane().getAccount())
                    && order.compare(other.batch(), batch) < 0
                    && never(other.load()).or(() -> now(other.load())).isEmpty())
        .findFirst()
        .map(
            other ->
                new Shortage(
                    other.reason(), false, "batch " + other.batch().getBatchId() + " goes first"));
  }

  /** The batch has a file and waits for its lane: others may have its job's place meanwhile. */
  synchronized void park(String batchId) {
    Load load = reserved.remove(batchId);
    if (load != null) {
      parked.put(batchId, load);
    }
  }

  /** Counts a batch whose job may exist already, whether there is room or not. */
  synchronized void hold(Batch batch) {
    reserved.put(batch.getBatchId(), Load.of(batch, clock.instant()));
  }

  /** The batch has no job, or this instance has no more to do with it. */
  synchronized void release(String batchId) {
    reserved.remove(batchId);
    parked.remove(batchId);
    waiting.remove(batchId);
  }

  /** The batch has its job; the topic would tell some time later. */
  synchronized void submitted(Job job) {
    open.add(job);
    reserved.remove(job.getBatch().getBatchId());
  }

  synchronized Use use(String account, String model) {
    Map<String, Load> all = new HashMap<>(reserved);
    all.putAll(open.all());
    long jobs = 0;
    long tokens = 0;
    long bytes =
        parked.values().stream()
            .filter(load -> load.account().equals(account))
            .mapToLong(Load::bytes)
            .sum();
    for (Load load : all.values()) {
      if (load.account().equals(account)) {
        jobs++;
        bytes += load.bytes();
        tokens += load.model().equals(model) ? load.tokens() : 0;
      }
    }
    return new Use(jobs, tokens, bytes);
  }

  CapacitySettings limits(String account) {
    return settings.apply(account);
  }

  private Optional<Shortage> never(Load load) {
    CapacitySettings limits = limits(load.account());
    long most = limits.tokensOf(load.model());
    if (load.tokens() > most) {
      return Optional.of(
          new Shortage(
              Reason.TOKENS,
              true,
              "its %d tokens exceed the %d that %s may have enqueued: raise %s or %s, and lower batch.max.tokens"
                  .formatted(
                      load.tokens(),
                      most,
                      load.model(),
                      CapacitySettings.TOKENS_MAX,
                      CapacitySettings.TIER)));
    }
    if (load.bytes() > limits.storageBytes()) {
      return Optional.of(
          new Shortage(
              Reason.STORAGE,
              true,
              "its %d bytes exceed the storage of %d: raise %s, or lower batch.max.bytes"
                  .formatted(load.bytes(), limits.storageBytes(), CapacitySettings.STORAGE_MAX)));
    }
    return Optional.empty();
  }

  private Optional<Shortage> now(Load load) {
    if (!open.known()) {
      return Optional.of(new Shortage(Reason.STARTING, false, "the topics are being read"));
    }
    CapacitySettings limits = limits(load.account());
    Use use = use(load.account(), load.model());
    if (use.jobs() >= limits.jobs()) {
      return Optional.of(new Shortage(Reason.JOBS, false, CapacitySettings.JOBS_MAX));
    }
    if (use.tokens() > limits.tokensOf(load.model()) - load.tokens()) {
      return Optional.of(new Shortage(Reason.TOKENS, false, CapacitySettings.TOKENS_MAX));
    }
    if (use.bytes() > limits.storageBytes() - load.bytes()) {
      return Optional.of(new Shortage(Reason.STORAGE, false, CapacitySettings.STORAGE_MAX));
    }
    return Optional.empty();
  }
}
