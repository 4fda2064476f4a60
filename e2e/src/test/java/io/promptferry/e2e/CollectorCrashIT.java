package io.promptferry.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.LedgerReader;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackPorts;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.Topics;
import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two collectors on a real broker while prompts keep coming and some of their lines and jobs fail.
 * Between any two writes of a transaction one collector is killed with {@code kill -9}, or stopped
 * until the other has its partitions and works on them, and then woken with its last write still
 * under way; and each prompt has one answer, in order.
 */
class CollectorCrashIT {

  /** What befalls the collector whose write is held. */
  private enum Fate {
    KILLED,
    /** And woken when the other has its partitions. */
    STOPPED,
    /** Lives on with its write under way, while the other comes back and the group gives it all. */
    HUNG
  }

  private record Case(Fate fate, WritePoint point) {
    String victim() {
      return point.client();
    }
  }

  private static final String FIRST = "first";
  private static final String SECOND = "second";

  /** The instances by their client ids. */
  private static final Map<String, String> INSTANCES =
      Map.of(FIRST, "collector", SECOND, "collector-2");

  /**
   * What a transaction takes, in its order, and last what begins a life: it comes when a partition
   * changes hands, for which the case before it gives the occasion.
   */
  private static final List<KafkaWrite> WRITES =
      List.of(
          KafkaWrite.PRODUCE,
          KafkaWrite.TXN_OFFSET_COMMIT,
          KafkaWrite.END_TXN,
          KafkaWrite.INIT_PRODUCER_ID);

  /** A batch has about so many chunks. */
  private static final int CHUNKS = 6;

  /**
   * The rejected job is an early one: a later one may be a retry's, of a single prompt, which it
   * would blame.
   */
  private static final String FAULTS =
      """
      [{"call":"job","skip":8,"times":2,"what":{"state":"PARTIALLY_SUCCEEDED","missing":0.3}},
       {"call":"job","skip":16,"times":2,"what":{"state":"CANCELLED","missing":0.5}},
       {"call":"job","skip":24,"times":1,"what":{"state":"EXPIRED"}},
       {"call":"job","skip":2,"times":1,
        "what":{"state":"FAILED","error":{"code":3,"message":"Request contains an invalid argument."}}},
       {"call":"line","times":200,"probability":0.04,
        "what":{"error":{"code":13,"message":"internal"}}}]""";

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Topics TOPICS = new Topics("");
  private static final Map<String, String> GROUPS =
      Map.of("promptferry-collect", TOPICS.jobStates());

  private final long seed = Long.getLong("promptferry.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path folder;
  private KafkaGate gate;
  private LocalStack stack;
  private Pipeline pipeline;
  private Admin admin;
  private Groups groups;

  @BeforeEach
  void start() throws Exception {
    System.out.printf("seed: -Dpromptferry.test.seed=%d%n", seed);
    // Those who answer dead letters have transactions too, but nothing to do here.
    gate = KafkaGate.open("promptferry-collector-dlq");
    int port = Ports.free();
    Map<String, String> broker = new HashMap<>(gate.brokerProperties(port));
    broker.put("group.min.session.timeout.ms", "1000");
    StackSettings settings =
        StackSettings.defaults(folder)
            .on(new StackPorts(port, 0, 0, 0, 0, 0))
            .running("batcher", "poller", instance(FIRST), instance(SECOND))
            .with(
                Map.of(
                    "broker",
                    broker,
                    "batcher",
                    Map.of("batch.linger.ms", "500", "batch.max.requests", "30"),
                    instance(FIRST),
                    collector(FIRST),
                    instance(SECOND),
                    collector(SECOND)))
            .withDelays(Duration.ofMillis(200), Duration.ofMillis(200));
    stack = LocalStack.start(settings, step -> {});
    pipeline = new Pipeline(stack.clientConfig());
    admin = new KafkaClients(stack.clientConfig()).admin();
    groups = new Groups(admin, GROUPS);
  }

  private Map<String, String> collector(String clientId) {
    return Map.of(
        "kafka.client.id", clientId,
        "kafka.bootstrap.servers", gate.bootstrapServers(),
        "kafka.consumer.session.timeout.ms", "2500",
        "kafka.consumer.heartbeat.interval.ms", "500",
        // How long the group waits for one that hangs.
        "kafka.consumer.max.poll.interval.ms", "6000",
        "collect.chunk.max.records", "5",
        "collect.open.max", "3",
        "retry.max.attempts", "9");
  }

  @AfterEach
  void stop() throws IOException {
    if (pipeline != null) {
      pipeline.close();
      admin.close();
    }
    if (stack != null) {
      stack.close();
    }
    gate.close();
  }

  @Test
  void eachPromptHasOneAnswerInOrder() throws Exception {
    Faults.put(stack.simulatorUrl(), FAULTS);
    List<Case> cases = cases();
    List<Sent> sent;
    try (PromptStream prompts = PromptStream.start(pipeline)) {
      awaitOwners(FIRST, SECOND);
      for (int i = 0; i < cases.size(); i++) {
        meet(cases.get(i), i == 0 ? () -> {} : recovery(cases.get(i - 1)));
      }
      recovery(cases.get(cases.size() - 1)).run();
      awaitOwners(FIRST, SECOND);
      sent = prompts.stop();
    }

    await("an answer to each of " + sent.size())
        .atMost(PATIENCE)
        .until(() -> pipeline.answers().size() >= sent.size());
    await("an end to each job")
        .atMost(PATIENCE)
        .until(() -> pipeline.settled() >= LedgerReader.read(stack.simulatorUrl()).jobs());
    await("no open transaction").atMost(PATIENCE).until(() -> ongoing().isEmpty());
    Verdict verdict = pipeline.verdict(sent, stack.simulatorUrl());
    System.out.printf(
        "%d prompts, %d answers, %d jobs; writes seen: %s%n",
        sent.size(), verdict.answers(), verdict.jobs(), gate.seen());

    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.answers()).isEqualTo(sent.size());
    checkReceipts(sent.size());
    assertThat(gate.seen()).as("kinds of writes").containsExactlyInAnyOrderElementsOf(WRITES);
    assertThat(stack.service("batcher").isAlive() && stack.service("poller").isAlive()).isTrue();
    assertThat(pipeline.end(TOPICS.deadLetters())).isZero();
  }

  /** The victims take turns: who is hit finds the other just back, or not yet. */
  private List<Case> cases() {
    var cases = new ArrayList<Case>();
    for (Fate fate : List.of(Fate.KILLED, Fate.STOPPED)) {
      for (WritePoint.Side side : WritePoint.Side.values()) {
        for (KafkaWrite write : WRITES) {
          cases.add(met(cases.size(), fate, write, side));
        }
      }
      KafkaWrite write = fate == Fate.KILLED ? KafkaWrite.PRODUCE : KafkaWrite.END_TXN;
      cases.add(met(cases.size(), Fate.HUNG, write, WritePoint.Side.BEFORE));
    }
    return cases;
  }

  private Case met(int number, Fate fate, KafkaWrite write, WritePoint.Side side) {
    String victim = number % 2 == 0 ? FIRST : SECOND;
    int skip = write == KafkaWrite.INIT_PRODUCER_ID ? 0 : random.nextInt(CHUNKS);
    return new Case(fate, new WritePoint(victim, write, side, skip));
  }

  private interface Step {
    void run() throws Exception;
  }

  /**
   * Goes through one case.
   *
   * @param recovery of the victim of the case before
   */
  private void meet(Case met, Step recovery) throws Exception {
    long start = System.nanoTime();
    if (met.fate() == Fate.HUNG) {
      gate.arm(met.point());
      awaitHeld();
      recovery.run();
    } else if (met.point().write() == KafkaWrite.INIT_PRODUCER_ID) {
      gate.arm(met.point());
      recovery.run();
      awaitHeld();
    } else {
      recovery.run();
      awaitOwners(FIRST, SECOND);
      gate.arm(met.point());
      awaitHeld();
    }
    strike(met);
    awaitOwners(met.victim().equals(FIRST) ? SECOND : FIRST);
    long receipts = groups.end(TOPICS.receipts());
    await("work of the other")
        .atMost(PATIENCE)
        .until(() -> groups.end(TOPICS.receipts()) > receipts);
    // Only now does the write get through; of one who is dead nothing more comes.
    gate.release(met.fate() != Fate.KILLED);
    System.out.printf(
        "fired: %s %s, %d ms%n", met.fate(), met.point(), (System.nanoTime() - start) / 1_000_000);
  }

  private void strike(Case met) throws Exception {
    ChildProcess victim = stack.service(instance(met.victim()));
    switch (met.fate()) {
      case KILLED -> victim.kill();
      case STOPPED -> Signal.STOP.to(victim);
      case HUNG -> assertThat(victim.isAlive()).isTrue();
    }
  }

  private Step recovery(Case met) {
    String instance = instance(met.victim());
    return switch (met.fate()) {
      case KILLED -> () -> stack.restart(instance);
      case STOPPED -> () -> Signal.CONT.to(stack.service(instance));
      case HUNG -> () -> {};
    };
  }

  private void awaitHeld() {
    await("a write to hold").atMost(PATIENCE).until(gate::holds);
  }

  private void awaitOwners(String... clientIds) {
    await("groups of " + List.of(clientIds))
        .atMost(PATIENCE)
        .until(() -> groups.areSharedBy(clientIds));
  }

  private List<String> ongoing() throws Exception {
    var options = new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING));
    return admin.listTransactions(options).all().get().stream()
        .map(TransactionListing::transactionalId)
        .filter(id -> id.contains("-collector-"))
        .toList();
  }

  private void checkReceipts(long prompts) {
    List<Receipt> settled = pipeline.receipts().stream().filter(Receipt::getSettled).toList();
    assertThat(settled.stream().map(Receipt::getBatchId))
        .as("batches by their settled receipts")
        .doesNotHaveDuplicates();
    List<Totals> totals = settled.stream().map(Receipt::getTotals).toList();
    assertThat(totals.stream().mapToLong(Totals::getSucceeded).sum())
        .as("answers by the receipts")
        .isEqualTo(prompts);
    assertThat(pipeline.slices().stream().mapToLong(slice -> slice.getSpan().getCount()).sum())
        .as("prompts in slices: each once, and once for each time that it was sent again")
        .isEqualTo(prompts + totals.stream().mapToLong(Totals::getRetried).sum());
  }

  private static String instance(String clientId) {
    return requireNonNull(INSTANCES.get(clientId));
  }
}
