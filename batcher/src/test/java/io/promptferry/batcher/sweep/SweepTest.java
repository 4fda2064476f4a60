package io.promptferry.batcher.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.InputFileNames;
import io.promptferry.batcher.ManualClock;
import io.promptferry.gemini.FilePage;
import io.promptferry.gemini.ListedFile;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.records.JobPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SweepTest {

  private static final Duration AGE = Duration.ofHours(12);
  private static final String BATCH = "20260131-100000-k3f9x2ab";
  private static final Instant LONG_AGO = ManualClock.START.minus(AGE).minusMillis(1);

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Storage storage = new Storage();
  private final InputFileNames names = new InputFileNames("ferry");
  private final WantedFiles wanted = new WantedFiles();
  private final List<Instant> asked = new ArrayList<>();
  private Sweep.Jobs jobs =
      from -> {
        asked.add(from);
        return wanted;
      };
  private int deletesMax = 100;

  private final Logger logger = (Logger) LoggerFactory.getLogger(Sweep.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO); // In these tests nothing below ERROR is.
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
    logger.setLevel(null);
  }

  private Sweep sweep() {
    return new Sweep(
        "gold",
        () -> storage,
        names,
        from -> jobs.since(from),
        new SweepSettings(Duration.ofHours(1), AGE, deletesMax),
        new SweepMetrics(metrics, "gold"),
        clock);
  }

  private String ours(@Nullable Instant created) {
    return storage.add(names.next(BATCH), created).name();
  }

  private double deleted() {
    return metrics.get("promptferry.provider.files.swept").tag("account", "gold").counter().count();
  }

  private List<String> warnings() {
    return logged.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void whatWasLeftBehindIsDeleted() {
    ours(LONG_AGO);
    sweep().run();
    assertThat(storage.files).isEmpty();
    assertThat(deleted()).isEqualTo(1);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aFileThatIsNotOverTheAgeStays() {
    String young = ours(ManualClock.START.minus(AGE));
    String ageless = ours(null);
    sweep().run();
    assertThat(storage.names()).containsExactly(young, ageless);
    clock.advance(Duration.ofMillis(1));
    sweep().run();
    assertThat(storage.names()).containsExactly(ageless);
  }

  @Test
  void filesThatOthersNamedAreNeverTouched() {
    storage.add("notes", LONG_AGO);
    storage.add(new InputFileNames("other").next(BATCH), LONG_AGO);
    storage.add("batch-" + names.next(BATCH) + "-results-of-a-job", LONG_AGO);
    sweep().run();
    assertThat(storage.discarded).isEmpty();
    assertThat(asked).as("nothing to ask for").isEmpty();
  }

  @Test
  void aFileThatAJobOrAnIntentNamesStaysUntilTheJobHasEnded() {
    String open = ours(LONG_AGO);
    String intended = ours(LONG_AGO);
    wanted.add(Records.job(JobPhase.SUBMITTED, "b1", open));
    wanted.add(Records.job(JobPhase.INTENT, "b2", intended));
    wanted.add(Records.state("b1", "RUNNING", false));
    sweep().run();
    assertThat(storage.discarded).isEmpty();

    // Settled by the collector, which was killed before its delete.
    wanted.add(Records.state("b1", "SUCCEEDED", true));
    sweep().run();
    assertThat(storage.names()).containsExactly(intended);
  }

  @Test
  void theTopicsAreReadAfterTheListFromWellBeforeTheOldestFile() {
    ours(LONG_AGO);
    String begun = ours(LONG_AGO.minusSeconds(5));
    ours(LONG_AGO.plus(AGE));
    // Of a process that was paused when the list was made.
    storage.afterList = () -> wanted.add(Records.job(JobPhase.INTENT, "b", begun));
    jobs =
        from -> {
          asked.add(from);
          var now = new WantedFiles();
          if (wanted.contains(begun)) {
            now.add(Records.job(JobPhase.INTENT, "b", begun));
          }
          return now;
        };
    sweep().run();
    assertThat(storage.names()).contains(begun).hasSize(2);
    assertThat(asked).containsExactly(LONG_AGO.minusSeconds(5).minus(Duration.ofHours(1)));
  }

  @Test
  void whereTheTopicsCannotBeReadNothingIsDeleted() {
    ours(LONG_AGO);
    jobs =
        from -> {
          throw new KafkaException("cannot learn the offsets of jobs");
        };
    Sweep sweep = sweep();
    sweep.run();
    sweep.run();
    assertThat(storage.discarded).isEmpty();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("account gold", "tried again in PT1H", "cannot learn the offsets of jobs");

    jobs = from -> wanted;
    sweep.run();
    assertThat(storage.files).isEmpty();
  }

  @Test
  void allPagesAreRead() {
    storage.add("a", LONG_AGO);
    storage.add("b", LONG_AGO);
    ours(LONG_AGO);
    storage.add("c", LONG_AGO);
    ours(LONG_AGO);
    sweep().run();
    assertThat(storage.names()).containsExactly("files/a", "files/b", "files/c");
  }

  @Test
  void aListWithoutAnEndIsNotBelieved() {
    var endless =
        new Sweep(
            "gold",
            () ->
                new Storage() {
                  private int pages;

                  @Override
                  public FilePage files(String pageToken) {
                    return new FilePage(
                        List.of(new ListedFile("files/" + names.next(BATCH), "", 1, LONG_AGO, "")),
                        "t" + ++pages);
                  }
                },
            names,
            from -> wanted,
            new SweepSettings(Duration.ofHours(1), AGE, deletesMax),
            new SweepMetrics(metrics, "gold"),
            clock);
    endless.run();
    assertThat(deleted()).isZero();
    assertThat(warnings()).singleElement().asString().contains("raise gemini.list.page.size");
  }

  @Test
  void oneSweepDeletesNoMoreThanItMayTheOldestFirst() {
    deletesMax = 2;
    String newest = ours(LONG_AGO);
    ours(LONG_AGO.minusSeconds(2));
    ours(LONG_AGO.minusSeconds(1));
    Sweep sweep = sweep();
    sweep.run();
    assertThat(storage.names()).containsExactly(newest);
    sweep.run();
    assertThat(storage.files).isEmpty();
  }

  @Test
  void whatCannotBeDeletedStopsNothingAndIsNotCounted() {
    String stubborn = ours(LONG_AGO.minusSeconds(1));
    ours(LONG_AGO);
    storage.undeletable.add(stubborn);
    sweep().run();
    assertThat(storage.names()).containsExactly(stubborn);
    assertThat(deleted()).isEqualTo(1);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aBusyProviderEndsTheRoundUntilTheNext() {
    String busy = ours(LONG_AGO.minusSeconds(1));
    String spared = ours(LONG_AGO);
    storage.failures.put(busy, new ProviderException(Kind.BUSY, 429, "", "too much"));
    Sweep sweep = sweep();
    sweep.run();
    assertThat(storage.discarded).containsExactly(busy);
    assertThat(storage.names()).containsExactly(busy, spared);
    storage.failures.clear();
    sweep.run();
    assertThat(storage.files).isEmpty();
  }

  @Test
  void aRefusedKeyIsSaidOnceAndAgainOnlyAfterItWentWell() {
    storage.listFailure = new ProviderException(Kind.REFUSED, 400, "", "set gemini.api.key");
    Sweep sweep = sweep();
    sweep.run();
    sweep.run();
    assertThat(warnings()).singleElement().asString().contains("REFUSED: set gemini.api.key");
    storage.listFailure = new ProviderException(Kind.UNKNOWN, 503, "", "down");
    sweep.run();
    assertThat(warnings()).as("another failure").hasSize(2);
    storage.listFailure = null;
    sweep.run();
    storage.listFailure = new ProviderException(Kind.UNKNOWN, 503, "", "down");
    sweep.run();
    assertThat(warnings()).hasSize(3);
  }

  @Test
  void theStorageInUseIsToldFromTheLastListThatWasRead() {
    Sweep sweep = sweep();
    assertThat(metrics.find("promptferry.provider.files").gauges()).isEmpty();
    storage.listFailure = new ProviderException(Kind.BUSY, 429, "", "later");
    sweep.run();
    assertThat(metrics.find("promptferry.provider.storage").gauges()).isEmpty();

    storage.listFailure = null;
    ours(ManualClock.START);
    storage.add("a", LONG_AGO);
    storage.add("b", LONG_AGO);
    sweep.run();
    assertThat(gauge("promptferry.provider.files", "ours")).isEqualTo(1);
    assertThat(gauge("promptferry.provider.storage", "ours")).isEqualTo(10);
    assertThat(gauge("promptferry.provider.files", "others")).isEqualTo(2);
    assertThat(gauge("promptferry.provider.storage", "others")).isEqualTo(20);

    storage.files.clear();
    storage.listFailure = new ProviderException(Kind.BUSY, 429, "", "later");
    sweep.run();
    assertThat(gauge("promptferry.provider.files", "others")).as("kept").isEqualTo(2);
    storage.listFailure = null;
    sweep.run();
    assertThat(gauge("promptferry.provider.files", "others")).isZero();
  }

  private double gauge(String name, String owner) {
    Gauge gauge = metrics.get(name).tags("account", "gold", "owner", owner).gauge();
    return gauge.value();
  }
}
