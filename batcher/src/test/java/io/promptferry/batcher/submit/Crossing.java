package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.batcher.ManualClock;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import io.promptferry.simulator.gate.Books;
import io.promptferry.simulator.gate.Cell;
import io.promptferry.simulator.gate.Event;
import io.promptferry.simulator.gate.GateCall;
import io.promptferry.simulator.gate.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Two batches of a partition on their way to a simulator, over HTTP, with jobs of others there. One
 * instance after the other owns the partition.
 */
final class Crossing implements AutoCloseable {

  /** Jobs on a page of the list: those of others alone need two. */
  static final int PAGE = 2;

  private static final int OTHERS = 3;
  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration IMPATIENT = Duration.ofMillis(400);

  final Bench bench;
  final Path folder;
  final ManualClock clock = new ManualClock();
  final Simulator simulator;
  final JobsTopic topic;
  final AtomicInteger names = new AtomicInteger();
  final List<ConsumerRecord<byte[], Batch>> batches = new ArrayList<>();

  /** A broken one is a broken protection, and so is the next. */
  UnaryOperator<BatchProvider> wrong = UnaryOperator.identity();

  Function<Script, JobsProducer> producers = JobsProducer::new;
  private final List<Owner> owners = new ArrayList<>();
  private final GeminiProvider others;

  Crossing(Bench bench, Path folder) throws IOException {
    this.bench = bench;
    this.folder = folder;
    this.topic = new JobsTopic(bench.jobRecords);
    this.simulator =
        Simulator.start(
            SimulatorSettings.in(folder.resolve("simulator"))
                .withDelays(Duration.ZERO, Duration.ZERO),
            clock);
    this.others = Owner.adapter(simulator.baseUrl().toString(), PATIENT);
    for (int i = 0; i < 2; i++) {
      // Apart in the topic too: transaction markers take offsets.
      Batch batch = Bench.batch("batch-" + i, Duration.ofSeconds(7L * i));
      batches.add(new ConsumerRecord<>("batches", 2, Bench.OFFSET + 2L * i, new byte[0], batch));
    }
    othersCreate();
  }

  /** Jobs of others, so many that what was on the first page of the list is not any more. */
  void othersCreate() throws IOException {
    Path lines =
        Files.writeString(
            folder.resolve("others.jsonl"),
            "{\"key\":\"1\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Ahoy\"}]}]}}\n");
    String file = others.upload(lines, "others-" + names.incrementAndGet()).name();
    for (int i = 0; i < OTHERS; i++) {
      others.create("gemini-2.5-flash", file, "others/" + names.incrementAndGet());
    }
  }

  static String displayName(Batch batch) {
    return "ferry/" + batch.getBatchId();
  }

  long committed() {
    List<Long> offsets = topic.offsets();
    return offsets.isEmpty() ? Bench.OFFSET : offsets.get(offsets.size() - 1);
  }

  /** The next owner; whoever was it before is to be fenced first. */
  private Owner owner() throws IOException {
    return owner(PATIENT);
  }

  private Owner owner(Duration timeout) throws IOException {
    var owner = new Owner(this, timeout);
    owners.add(owner);
    return owner;
  }

  /** Lives through the cell until all instances have come to their end. */
  void through(Cell<Crossing> cell) throws IOException, InterruptedException {
    Owner first = owner(cell.isTimeout() ? IMPATIENT : PATIENT);
    var stop = new Stop();
    cell.arm(first.gate, this, stop);
    first.start();
    if (cell.event().hasSuccessor()) {
      stop.awaitReached();
      if (cell.event() == Event.CRASH) {
        first.kill();
      } else {
        first.fence();
      }
      finish();
      awaitJobsOver();
      stop.release();
      first.join();
    } else {
      assertThat(first.join()).isEmpty();
      stop.release();
    }
    assertThat(first.gate.calls().stream().filter(cell.row().call()::equals))
        .as("calls of the kind")
        .hasSizeGreaterThanOrEqualTo(cell.row().nth());
  }

  /** The create of an instance that is dead arrives before the n-th request of its successor. */
  void createOfTheDeadArrives(int request) throws Exception {
    var stop = new Stop();
    var arrived = new CompletableFuture<Boolean>();
    Owner first = owner();
    first.gate.at(
        GateCall.CREATE,
        1,
        passage -> {
          stop.stand();
          passage.forward();
          arrived.complete(true);
        });
    first.start();
    stop.awaitReached();
    first.kill();
    Owner successor = owner();
    successor.gate.atRequest(
        request,
        () -> {
          stop.release();
          arrived.get(PATIENT.toSeconds(), TimeUnit.SECONDS);
          awaitJobsOver();
        });
    finish(successor);
    stop.release();
    arrived.get(PATIENT.toSeconds(), TimeUnit.SECONDS);
    first.join();
  }

  /** A create whose connection broke arrives before the n-th request that follows. */
  void createGivenUpArrives(int request) throws Exception {
    var arrival = new AtomicReference<Runnable>();
    Owner owner = owner();
    owner.gate.at(
        GateCall.CREATE,
        1,
        passage -> {
          arrival.set(passage::forward);
          owner.gate.atRequest(request, () -> arrive(arrival));
          passage.drop();
        });
    finish(owner);
    arrive(arrival);
  }

  private void arrive(AtomicReference<Runnable> once) {
    Objects.requireNonNull(once.getAndSet(() -> {})).run();
    awaitJobsOver();
  }

  private void finish() throws IOException, InterruptedException {
    finish(owner());
  }

  /** The instance takes the partition over, and finishes it. */
  private static void finish(Owner successor) throws InterruptedException {
    successor.start();
    assertThat(successor.join()).isEmpty();
  }

  /** So that no later deletion of its file can keep a job from being billed. */
  void awaitJobsOver() {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENT)
        .until(() -> Books.of(simulator.baseUrl()).settled());
  }

  /** What ledger and log say against "one billed job for each batch, and that on record". */
  Optional<String> complaint() throws IOException {
    assertThat(owners).allSatisfy(owner -> assertThat(owner.gate.failures()).isEmpty());
    awaitJobsOver();
    Books books = Books.of(simulator.baseUrl());
    EarlierJobs known = topic.earlier();
    for (ConsumerRecord<byte[], Batch> record : batches) {
      String id = record.value().getBatchId();
      List<Books.Entry> jobs = books.jobs(displayName(record.value()));
      Map<String, Integer> billed = books.billed(displayName(record.value()));
      List<String> recorded =
          topic.jobs().stream()
              .filter(job -> job.getBatch().getBatchId().equals(id))
              .filter(job -> job.getPhase() == JobPhase.SUBMITTED)
              .map(job -> String.valueOf(job.getJob()))
              .toList();
      Optional<Job> open = known.intent(id);
      if (jobs.size() != 1
          || !recorded.equals(List.of(jobs.get(0).name()))
          || !billed.equals(Map.of("3-7", 1, "3-8", 1, "3-11", 1))
          || open.isPresent()) {
        return Optional.of(
            "%s has jobs %s, recorded %s, billed %s, open intent %s; calls %s"
                .formatted(id, jobs, recorded, billed, open.isPresent(), calls()));
      }
    }
    long last = batches.get(batches.size() - 1).offset();
    return committed() == last + 1
        ? Optional.empty()
        : Optional.of("committed is " + committed() + ", the last is " + last);
  }

  private List<?> calls() {
    return owners.stream().map(owner -> owner.gate.calls()).toList();
  }

  @Override
  public void close() {
    owners.forEach(Owner::close);
    others.close();
    simulator.close();
  }
}
