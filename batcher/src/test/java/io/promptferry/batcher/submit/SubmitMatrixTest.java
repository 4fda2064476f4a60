package io.promptferry.batcher.submit;

import static io.promptferry.simulator.gate.Point.BEFORE_THE_REPLY;
import static io.promptferry.simulator.gate.Point.BEFORE_THE_REQUEST;
import static io.promptferry.simulator.gate.Point.REPLY_LOST;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.simulator.gate.Cell;
import io.promptferry.simulator.gate.Cell.Row;
import io.promptferry.simulator.gate.Gate;
import io.promptferry.simulator.gate.GateCall;
import io.promptferry.simulator.gate.Passage;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A crash, a pause and a network fault at every point of every call that submitting makes, over
 * HTTP with the real adapter: the simulator's ledger shows one billed job for each batch.
 */
class SubmitMatrixTest {

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void begin() {
    bench.begin(folder);
  }

  @AfterEach
  void end() {
    bench.end();
  }

  private static void forwardAndDrop(Passage passage) {
    passage.forward();
    passage.drop();
  }

  /** The create did not get there, and nobody knows. */
  private static void unsent(Gate gate, Crossing crossing) {
    gate.at(GateCall.CREATE, 1, Passage::drop);
  }

  /** There is a job of which nobody knows, and by now it stands on a later page. */
  private static void unheard(Gate gate, Crossing crossing) {
    gate.at(
        GateCall.CREATE,
        1,
        passage -> {
          passage.forward();
          crossing.othersCreate();
          passage.drop();
        });
  }

  /** There is a job that came when the look was over. */
  private static void unseen(Gate gate, Crossing crossing) {
    var create = new AtomicReference<Passage>();
    gate.at(
        GateCall.CREATE,
        1,
        passage -> {
          create.set(passage);
          passage.drop();
        });
    gate.at(
        GateCall.LIST_LATER_PAGE,
        1,
        passage -> {
          passage.forward();
          Objects.requireNonNull(create.get()).forward();
          crossing.awaitJobsOver();
          passage.reply();
        });
  }

  private static final Row<Crossing> CREATE = new Row<>("create", GateCall.CREATE, 1);

  private static final List<Row<Crossing>> ROWS =
      List.of(
          new Row<>("upload start", GateCall.UPLOAD_START, 1),
          new Row<>("first chunk", GateCall.UPLOAD_CHUNK, 1),
          new Row<>("last chunk", GateCall.UPLOAD_LAST_CHUNK, 1),
          new Row<>(
              "upload query",
              GateCall.UPLOAD_QUERY,
              1,
              (gate, crossing) -> gate.at(GateCall.UPLOAD_CHUNK, 1, Passage::drop)),
          new Row<>(
              "get file",
              GateCall.FILE_GET,
              1,
              (gate, crossing) ->
                  gate.at(GateCall.UPLOAD_LAST_CHUNK, 1, SubmitMatrixTest::forwardAndDrop)),
          CREATE,
          new Row<>(
              "look, first page, no job", GateCall.LIST_FIRST_PAGE, 1, SubmitMatrixTest::unsent),
          new Row<>(
              "look, later page, no job", GateCall.LIST_LATER_PAGE, 1, SubmitMatrixTest::unsent),
          new Row<>(
              "look, first page, a job", GateCall.LIST_FIRST_PAGE, 1, SubmitMatrixTest::unheard),
          new Row<>(
              "look, later page, a job", GateCall.LIST_LATER_PAGE, 1, SubmitMatrixTest::unheard),
          new Row<>("delete file", GateCall.FILE_DELETE, 1, SubmitMatrixTest::unsent),
          new Row<>(
              "delete file, a job by then", GateCall.FILE_DELETE, 1, SubmitMatrixTest::unseen),
          new Row<>("last look, first page", GateCall.LIST_FIRST_PAGE, 2, SubmitMatrixTest::unsent),
          new Row<>(
              "last look, later page", GateCall.LIST_LATER_PAGE, 2, SubmitMatrixTest::unsent));

  static Stream<Cell<Crossing>> cells() {
    return Cell.of(ROWS);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cells")
  void oneBilledJobForEachBatch(Cell<Crossing> cell) throws IOException, InterruptedException {
    try (var crossing = new Crossing(bench, folder)) {
      crossing.through(cell);
      assertThat(crossing.complaint()).isEmpty();
    }
  }

  /** One more than a successor makes. */
  private static final int LAST = 16;

  /** Two looks of two pages, a deletion, two uploads of four requests and two creates are 15. */
  @ParameterizedTest(name = "a create of a dead instance arrives before request {0} of the next")
  @MethodSource("requests")
  void aLateCreateOfTheDead(int request) throws Exception {
    try (var crossing = new Crossing(bench, folder)) {
      crossing.createOfTheDeadArrives(request);
      assertThat(crossing.complaint()).isEmpty();
    }
  }

  @ParameterizedTest(name = "a create that broke off arrives before request {0} after it")
  @MethodSource("requests")
  void aLateCreateOfOnesOwn(int request) throws Exception {
    try (var crossing = new Crossing(bench, folder)) {
      crossing.createGivenUpArrives(request);
      assertThat(crossing.complaint()).isEmpty();
    }
  }

  static IntStream requests() {
    return IntStream.rangeClosed(1, LAST);
  }

  /** A protection, and the cells of the create that are paid or recorded twice without it. */
  enum Missing {
    DELETION(BEFORE_THE_REQUEST + ": pause"),
    LOOK(
        BEFORE_THE_REPLY + ": crash",
        BEFORE_THE_REPLY + ": pause",
        BEFORE_THE_REPLY + ": fault",
        REPLY_LOST + ": crash",
        REPLY_LOST + ": pause",
        REPLY_LOST + ": fault"),
    INTENT(
        BEFORE_THE_REQUEST + ": pause",
        BEFORE_THE_REPLY + ": crash",
        BEFORE_THE_REPLY + ": pause",
        REPLY_LOST + ": crash",
        REPLY_LOST + ": pause"),
    FENCE(BEFORE_THE_REQUEST + ": pause", BEFORE_THE_REPLY + ": pause", REPLY_LOST + ": pause");

    @SuppressWarnings("ImmutableEnumChecker") // The list is one that cannot be changed.
    private final List<String> cells;

    Missing(String... cells) {
      this.cells = Stream.of(cells).map(cell -> CREATE.name() + ", " + cell).toList();
    }

    Crossing in(Crossing crossing) {
      switch (this) {
        case DELETION -> crossing.wrong = real -> without(real, "discard", true);
        case LOOK -> crossing.wrong = real -> without(real, "find", List.of());
        case INTENT -> crossing.producers = IntentForgotten::new;
        case FENCE -> crossing.producers = NeverFenced::new;
      }
      return crossing;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMissingProtectionIsSeen(Missing missing) throws IOException, InterruptedException {
    var seen = new ArrayList<String>();
    for (Cell<Crossing> cell : Cell.of(List.of(CREATE)).toList()) {
      Path own = Files.createTempDirectory(folder, "cell");
      try (var crossing = missing.in(new Crossing(bench, own))) {
        crossing.through(cell);
        crossing.complaint().ifPresent(complaint -> seen.add(cell.toString()));
      }
    }
    assertThat(seen).containsExactlyElementsOf(missing.cells);
  }

  /** The deletion is what keeps off a create that comes after the last look. */
  @Test
  void aKeptFileIsPaidTwiceByALateCreate() throws Exception {
    try (var crossing = Missing.DELETION.in(new Crossing(bench, folder))) {
      crossing.createOfTheDeadArrives(LAST);
      assertThat(crossing.complaint()).isPresent();
    }
  }

  /** A provider that only pretends to do one of its calls. */
  private static BatchProvider without(BatchProvider real, String call, Object result) {
    return (BatchProvider)
        Proxy.newProxyInstance(
            BatchProvider.class.getClassLoader(),
            new Class<?>[] {BatchProvider.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals(call)) {
                return result;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** The same as creating first and writing the intent with the job. */
  private static final class IntentForgotten extends JobsProducer {
    IntentForgotten(Script script) {
      super(script);
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
      Job job = bench.jobRecords.deserialize("jobs", record.value());
      return job.getPhase() == JobPhase.INTENT
          ? CompletableFuture.completedFuture(
              new RecordMetadata(new TopicPartition("jobs", 2), 0, 0, 0, 0, 0))
          : super.send(record, callback);
    }
  }

  /** Writes although somebody else has the partition. */
  private static final class NeverFenced extends JobsProducer {
    NeverFenced(Script script) {
      super(script);
    }

    @Override
    public void fenceProducer() {}
  }
}
