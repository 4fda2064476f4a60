package io.promptferry.local.demo;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Publisher;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Checker;
import io.promptferry.local.demo.verdict.Evidence;
import io.promptferry.local.demo.verdict.Ledger;
import io.promptferry.local.demo.verdict.LedgerReader;
import io.promptferry.local.demo.verdict.ResponseReader;
import io.promptferry.local.demo.verdict.ResponseTopics;
import io.promptferry.local.receipts.By;
import io.promptferry.local.receipts.ReceiptFold;
import io.promptferry.local.receipts.ReceiptTopic;
import io.promptferry.local.receipts.Sums;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Publishes, watches until every answer is there or none comes any more, and then checks. */
final class DemoRun {

  private static final Duration LOOK = Duration.ofMillis(200);

  private final ServiceConfig config;
  private final KafkaClients clients;
  private final RecordSerdes serdes;
  private final Optional<URI> simulator;
  private final Clock clock;
  private final Topics topics = new Topics("");
  private final ResponseTopics responseTopics = new ResponseTopics(topics.responses());
  private Optional<Progress> last = Optional.empty();

  /**
   * @param simulator whose ledger is read; empty where there is none
   */
  DemoRun(ServiceConfig config, Optional<URI> simulator, Clock clock) {
    this.config = config;
    this.clients = new KafkaClients(config);
    this.serdes = new RecordSerdes(config.registry());
    this.simulator = simulator;
    this.clock = clock;
  }

  private record Watched(Progress progress, List<Sent> sent, boolean stalled, Duration took) {}

  /**
   * @param patience how long to wait while nothing changes
   * @throws KafkaException when the prompts cannot be published
   */
  Outcome run(List<DemoPrompt> prompts, LiveView view, Duration patience) {
    Watched watched = publishAndWatch(prompts, view, patience);
    var totals = new AnswerTotals(prompts);
    Evidence evidence =
        simulator.isPresent() ? Evidence.DIGESTS_AND_LEDGER : Evidence.ANSWERS_ALONE;
    var checker = new Checker(watched.sent(), responseTopics, evidence);
    try (var consumer = clients.reader(new ByteArrayDeserializer());
        var admin = clients.admin()) {
      new ResponseReader(
              consumer, admin, serdes.deserializer(PromptResponse.class), responseTopics, clock)
          .read(
              answer -> {
                checker.answer(answer);
                totals.add(answer);
              },
              checker::unread);
    }
    return new Outcome(
        watched.progress(),
        totals,
        receipts(),
        checker.verdict(ledger(checker)),
        watched.stalled(),
        watched.took());
  }

  private Sums receipts() {
    ReceiptFold fold = ReceiptFold.withoutKeys();
    try (var topic = ReceiptTopic.open(config, clock, line -> {})) {
      topic.read(Optional.empty(), fold);
    }
    return Sums.of(
        fold.receipts(Optional.empty()), List.of(By.MODEL), Optional.empty(), Prices.shipped());
  }

  /** What was under way when it was last looked, also after a run that was broken off. */
  UnderWay underWay() {
    return last.map(Progress::underWay).orElse(UnderWay.NOTHING);
  }

  /** Whether everything had landed then. */
  boolean complete() {
    return last.filter(Progress::complete).isPresent();
  }

  private Watched publishAndWatch(List<DemoPrompt> prompts, LiveView view, Duration patience) {
    try (var consumer = clients.reader(new ByteArrayDeserializer());
        var producer = clients.idempotent()) {
      var publisher =
          new Publisher(producer, serdes.serializer(PromptEvent.class), topics.prompts());
      var published = new AtomicInteger();
      // Beside the watch, so that the view moves from the first prompt on.
      CompletableFuture<List<Sent>> sending =
          CompletableFuture.supplyAsync(() -> publisher.publish(prompts, published::set));
      var watch = new PipelineWatch(consumer, serdes, topics, responseTopics, clock);
      try {
        return watch(watch, prompts.size(), published, sending, view, patience);
      } catch (InterruptException e) {
        // Who interrupted waits for the end of this thread; the clients close in peace without the
        // flag, and with it complain at length.
        Thread.interrupted();
        throw e;
      }
    }
  }

  private Watched watch(
      PipelineWatch watch,
      int prompts,
      AtomicInteger published,
      CompletableFuture<List<Sent>> sending,
      LiveView view,
      Duration patience) {
    Instant start = clock.instant();
    Instant changed = start;
    Instant now = start;
    Progress progress = watch.progress(prompts, 0);
    while (!progress.complete()
        && !sending.isCompletedExceptionally()
        && Duration.between(changed, now).compareTo(patience) <= 0) {
      watch.look(LOOK);
      now = clock.instant();
      Progress next = watch.progress(prompts, published.get());
      changed = next.equals(progress) ? changed : now;
      progress = next;
      last = Optional.of(progress);
      view.show(progress, Duration.between(start, now), now);
    }
    Duration took = Duration.between(start, now);
    view.finish(progress, took, now);
    return new Watched(progress, sent(sending), !progress.complete(), took);
  }

  /** Waits for the rest of the publishing, which the producer's delivery time-out bounds. */
  private static List<Sent> sent(CompletableFuture<List<Sent>> sending) {
    try {
      return sending.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Ledger ledger(Checker checker) {
    if (simulator.isEmpty()) {
      return Ledger.NONE;
    }
    try {
      return LedgerReader.read(simulator.get());
    } catch (IOException e) {
      checker.unread("the simulator's ledger: " + e.getMessage());
      return Ledger.NONE;
    }
  }
}
