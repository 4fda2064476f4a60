package io.promptferry.simulator;

import io.promptferry.simulator.faults.JobEffect;
import io.promptferry.simulator.faults.RpcStatus;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jobs through their life: pending, then running and checked, then answered. A job that a
 * stop of the simulator cut off starts over when it is started again.
 */
final class JobRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);
  private static final int THREADS = 4;
  static final RpcStatus CANCELLED =
      new RpcStatus(RpcStatus.CANCELLED, "The operation was cancelled.");
  private static final RpcStatus BROKEN =
      new RpcStatus(RpcStatus.INTERNAL, "Internal error encountered.");

  private final SimulatorSettings settings;
  private final FileStore files;
  private final JobStore jobs;
  private final ResultWriter results;
  private final Clock clock;
  private final LineValidator validator = new LineValidator();
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "simulator-job");
            thread.setDaemon(true);
            return thread;
          });

  JobRunner(
      SimulatorSettings settings,
      FileStore files,
      JobStore jobs,
      ResultWriter results,
      Clock clock) {
    this.settings = settings;
    this.files = files;
    this.jobs = jobs;
    this.results = results;
    this.clock = clock;
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Goes on with the jobs of the last life. */
  void resume() {
    jobs.live().forEach(this::queue);
  }

  /** A fate with times for what it shows on the way. */
  JobEffect timed(JobEffect fate) {
    return fate.withinQueueDelay(settings.queueDelay().toMillis());
  }

  void queue(Job job) {
    JobEffect fate = job.fate();
    if (fate.stuck()) {
      return;
    }
    long delay =
        fate.each() == null ? settings.queueDelay().toMillis() : fate.each() * fate.shown().size();
    schedule(delay, job, () -> start(job.id()));
  }

  private interface Step {
    void run() throws IOException, InvalidFile;
  }

  private void schedule(long millis, Job job, Step step) {
    var unused = threads.schedule(() -> guarded(job, step), millis, TimeUnit.MILLISECONDS);
  }

  private void guarded(Job job, Step step) {
    try {
      step.run();
    } catch (InvalidFile e) {
      fail(job.id(), new RpcStatus(RpcStatus.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
    } catch (IOException | RuntimeException e) {
      if (threads.isShutdown()) {
        log.info("{} stopped with the simulator, to start over with it", job.name());
      } else {
        log.error("{} failed for a reason of the simulator's own", job.name(), e);
        fail(job.id(), BROKEN);
      }
    }
  }

  private void start(String id) throws IOException, InvalidFile {
    Job job = jobs.changeLive(id, pending -> pending.running(0, clock.instant()));
    if (job.phase().terminal()) {
      return;
    }
    Optional<StoredFile> input = files.find(job.inputFile());
    if (input.isEmpty()) {
      String gone = "File files/" + job.inputFile() + " does not exist.";
      fail(id, new RpcStatus(RpcStatus.NOT_FOUND, gone));
      return;
    }
    RequestFile requests = new RequestFile(files.content(job.inputFile()));
    boolean checked = false;
    try {
      check(requests);
      checked = true;
    } finally {
      if (!checked) {
        requests.close();
      }
    }
    jobs.changeLive(id, running -> running.running(requests.count(), clock.instant()));
    schedule(settings.runDelay().toMillis(), job, () -> answer(id, requests));
  }

  private void check(RequestFile requests) throws IOException, InvalidFile {
    KeyCheck keys = new KeyCheck();
    requests.readAll((number, line) -> keys.add(validator.check(number, line)));
    if (requests.count() == 0) {
      throw new InvalidFile("The input file is empty.");
    }
    keys.finish(requests);
  }

  private void answer(String id, RequestFile requests) throws IOException {
    JobEffect fate = jobs.current(id).fate();
    try (requests) {
      Job.Phase end = fate.state() == null ? Job.Phase.SUCCEEDED : Job.Phase.valueOf(fate.state());
      RpcStatus why = why(end, fate.error());
      if (fate.leavesResults()) {
        results.write(id, requests, settings.shuffle() ? settings.seed() : null, end, why);
      } else {
        jobs.changeLive(id, job -> job.ended(end, why, clock.instant()));
      }
    }
  }

  private static @Nullable RpcStatus why(Job.Phase end, @Nullable RpcStatus given) {
    if (given != null) {
      return given;
    }
    return end == Job.Phase.FAILED ? BROKEN : end == Job.Phase.CANCELLED ? CANCELLED : null;
  }

  private void fail(String id, RpcStatus why) {
    jobs.changeLive(id, job -> job.ended(Job.Phase.FAILED, why, clock.instant()));
    log.info("batches/{} failed with code {}", id, why.code());
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        log.warn("jobs are still running ten seconds after the simulator was closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
