package io.promptferry.batcher.submit;

import io.promptferry.batcher.submit.Attempt.Reason;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Lane;
import io.promptferry.runtime.service.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may ask the provider for a job. After a 429 all batches of the account and model wait. After
 * a refusal that concerns us and not a batch they stop, and one batch at a time tries again: many
 * that repeat a refused call tell no more than one, and cost calls and log lines.
 */
final class LaneGate {

  private static final Logger LOG = LoggerFactory.getLogger(LaneGate.class);

  /** How much longer the last probe waits than others, so that one bad batch stops nobody. */
  static final Duration AFTER_OTHERS = Duration.ofSeconds(2);

  /** Each of them holds a file at the provider; few, and more than one bad batch. */
  private static final int MOST_PROBERS = 3;

  /** When the probers have not come back by then, they have gone, and others take their place. */
  static final Duration PROBERS_GONE = Duration.ofMinutes(1);

  /** What is stopped or waits: an account, or one model of it. */
  private record Scope(String account, @Nullable String model, boolean stop) {

    String name() {
      return model == null ? "account " + account : "model " + model + " of account " + account;
    }
  }

  /** A scope that does not go on. */
  private static final class Brake {
    private int failures;
    private Instant until = Instant.MIN;
    private ProviderException cause;
    private @Nullable String probe;
    private @Nullable String lastProbe;
    private final Set<String> probers = new HashSet<>();

    Brake(ProviderException cause) {
      this.cause = cause;
    }
  }

  /**
   * Why a batch may not ask now.
   *
   * @param refusal what stopped its lane; empty while the provider is only busy
   */
  record Hold(Attempt.Wait pause, Optional<ProviderException> refusal) {}

  private final Backoff backoff;
  private final Clock clock;
  private final Map<Scope, Brake> brakes = new HashMap<>();

  LaneGate(Backoff backoff, Clock clock) {
    this.backoff = backoff;
    this.clock = clock;
  }

  /**
   * Lets the batch pass, or says until when it waits. Where the lane is stopped, the batch that
   * passes is the probe; {@link #leave} must follow.
   */
  synchronized Optional<Hold> enter(Lane lane, String batchId) {
    Instant now = clock.instant();
    for (Scope scope : scopes(lane)) {
      Brake brake = brakes.get(scope);
      if (brake != null) {
        Instant until = free(brake, batchId);
        if (until.isAfter(now)) {
          return Optional.of(hold(scope, brake, until));
        }
        if (scope.stop() && brake.probe != null && !batchId.equals(brake.probe)) {
          return Optional.of(hold(scope, brake, now.plus(AFTER_OTHERS)));
        }
      }
    }
    scopes(lane).stream()
        .filter(Scope::stop)
        .map(brakes::get)
        .filter(brake -> brake != null)
        .forEach(brake -> brake.probe = batchId);
    return Optional.empty();
  }

  private static Instant free(Brake brake, String batchId) {
    if (batchId.equals(brake.lastProbe)) {
      return brake.until.plus(AFTER_OTHERS);
    }
    return brake.probers.size() < MOST_PROBERS || brake.probers.contains(batchId)
        ? brake.until
        : brake.until.plus(PROBERS_GONE);
  }

  private static Hold hold(Scope scope, Brake brake, Instant until) {
    return scope.stop()
        ? new Hold(new Attempt.Wait(until, Reason.STOPPED), Optional.of(brake.cause))
        : new Hold(new Attempt.Wait(until, Reason.BUSY), Optional.empty());
  }

  /** The batch's attempt has ended, however; where it was the probe, another may be. */
  synchronized void leave(String batchId) {
    for (Brake brake : brakes.values()) {
      if (batchId.equals(brake.probe)) {
        brake.probe = null;
        brake.lastProbe = batchId;
      }
    }
  }

  /** 429: how long the account's batches of the model wait. */
  synchronized Attempt.Wait busy(Lane lane, ProviderException failure) {
    return new Attempt.Wait(brake(model(lane, false), failure).until, Reason.BUSY);
  }

  /**
   * The provider refuses us: stops the account where the key or the project is refused, else the
   * model.
   */
  synchronized Attempt.Wait refused(Lane lane, String batchId, ProviderException failure) {
    Scope scope =
        concernsAccount(failure) ? new Scope(lane.getAccount(), null, true) : model(lane, true);
    boolean first = !brakes.containsKey(scope);
    Brake brake = brake(scope, failure);
    brake.lastProbe = batchId;
    if (brake.probers.size() >= MOST_PROBERS && !brake.probers.contains(batchId)) {
      brake.probers.clear();
    }
    brake.probers.add(batchId);
    if (first) {
      LOG.error(
          "{} is stopped, its batches wait and one of them tries again from time to time: {} ({})",
          scope.name(),
          advice(lane, failure),
          failure.getMessage());
    }
    return new Attempt.Wait(free(brake, batchId), Reason.STOPPED);
  }

  /** A job was created: whatever held the lane is over. */
  synchronized void passed(Lane lane) {
    for (Scope scope : scopes(lane)) {
      if (brakes.remove(scope) != null && scope.stop()) {
        LOG.info("{} goes on", scope.name());
      }
    }
  }

  /** Accounts and models that are stopped. */
  synchronized long stopped() {
    return brakes.keySet().stream().filter(Scope::stop).count();
  }

  static boolean concernsAccount(ProviderException failure) {
    return failure.keyIsWrong() || failure.code() == 401 || failure.code() == 403;
  }

  private Brake brake(Scope scope, ProviderException failure) {
    Brake brake = brakes.computeIfAbsent(scope, s -> new Brake(failure));
    brake.failures++;
    brake.cause = failure;
    brake.until = clock.instant().plus(Insistence.pause(backoff, brake.failures, failure));
    return brake;
  }

  private static String advice(Lane lane, ProviderException failure) {
    if (concernsAccount(failure)) {
      return lane.getAccount().equals(Accounts.DEFAULT)
          ? "put a valid key into gemini.api.key or gemini.keys.dir, or allow its project to use the batch API"
          : "put a valid key into its file in gemini.keys.dir, or allow its project to use the batch API";
    }
    return failure.code() == 404
        ? "check that the model exists and that the account may use it"
        : "the provider refuses its jobs: mend what the message names";
  }

  private static Scope model(Lane lane, boolean stop) {
    return new Scope(lane.getAccount(), OpenJobs.modelName(lane.getModel()), stop);
  }

  private static List<Scope> scopes(Lane lane) {
    return List.of(new Scope(lane.getAccount(), null, true), model(lane, true), model(lane, false));
  }
}
