package io.promptferry.batcher.sweep;

import io.promptferry.batcher.InputFileNames;
import io.promptferry.batcher.submit.SubmitSettings;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sweeps from time to time.
 *
 * <p>Always ready and alive: nobody waits for it, and a provider that is down or slow must not end
 * the service. That is why it is no loop, which counts as dead when a round takes long.
 */
public final class SweepPart implements Part {

  private static final Logger LOG = LoggerFactory.getLogger(SweepPart.class);

  /** Instances that start together shall not sweep together. */
  private static final Duration LONGEST_FIRST_WAIT = Duration.ofMinutes(5);

  private static final Duration STOP_WAIT = Duration.ofSeconds(10);

  private final String name;
  private final Runnable sweep;
  private final Duration first;
  private final Duration interval;
  private final ScheduledExecutorService thread;

  /**
   * @param first the wait before the first round
   * @param interval from the end of one round to the next
   */
  SweepPart(String name, Runnable sweep, Duration first, Duration interval) {
    this.name = name;
    this.sweep = sweep;
    this.first = first;
    this.interval = interval;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              var made = new Thread(task, name);
              made.setDaemon(true); // A call to the provider may outlast the wait for the end.
              return made;
            });
  }

  /** Sweeps every account that has a key then; none where {@code sweep.interval.ms} is 0. */
  public static Optional<Part> of(
      Service.Context context, KafkaClients kafka, RecordSerdes serdes, Accounts accounts) {
    ServiceConfig config = context.config();
    SweepSettings settings = SweepSettings.from(config);
    if (settings.interval().isZero()) {
      return Optional.empty();
    }
    var jobs =
        new JobTopics(
            kafka,
            serdes,
            Topics.from(config),
            Duration.ofMillis(config.getLong(SubmitSettings.READ_TIMEOUT)),
            context.clock());
    var names = new InputFileNames(config.getString(ServiceConfig.DEPLOYMENT));
    var sweeps = new HashMap<String, Sweep>();
    Runnable all =
        () -> {
          for (String account : accounts.names()) {
            sweeps
                .computeIfAbsent(
                    account,
                    a ->
                        new Sweep(
                            a,
                            () -> accounts.of(a),
                            names,
                            jobs,
                            settings,
                            new SweepMetrics(context.metrics(), a),
                            context.clock()))
                .run();
          }
        };
    long most = Math.min(settings.interval().toMillis(), LONGEST_FIRST_WAIT.toMillis());
    Duration first = Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1));
    return Optional.of(new SweepPart("sweep", all, first, settings.interval()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::runSafely, first.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A round that throws would be the last. */
  private void runSafely() {
    try {
      sweep.run();
    } catch (Throwable e) {
      LOG.warn("{} failed and is tried again in {}", name, interval, e);
    }
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public boolean alive() {
    return true;
  }

  @Override
  public Optional<String> failure() {
    return Optional.empty();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.info("{} still waits for the provider, and is left alone", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
