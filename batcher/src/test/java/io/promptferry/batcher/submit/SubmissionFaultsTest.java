package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.submit.Bench.Story;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fate;
import io.promptferry.batcher.submit.Script.Fault;
import io.promptferry.records.JobPhase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that may go wrong, at every call, alone and in pairs, and at random in fours: one job
 * is made and recorded, and never a second one, not even one that would have been cancelled.
 */
class SubmissionFaultsTest {

  /** Past the second look and the second upload, either side. */
  private static final int LATEST = 6;

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void begin(@TempDir Path folder) {
    bench.begin(folder);
  }

  @AfterEach
  void end() {
    bench.end();
  }

  static Stream<Fault> faultsAt(int number, Call call) {
    List<Fate> fates =
        switch (call) {
          case UPLOAD ->
              List.of(
                  Fate.BUSY, Fate.REFUSED, Fate.REPLY_LOST, Fate.CRASH_BEFORE, Fate.CRASH_AFTER);
          case CREATE ->
              List.of(
                  Fate.BUSY,
                  Fate.REFUSED,
                  Fate.NOT_FOUND,
                  Fate.UNKNOWN,
                  Fate.REPLY_LOST,
                  Fate.CRASH_BEFORE,
                  Fate.CRASH_AFTER,
                  Fate.LATE,
                  Fate.CRASH_LATE);
          case FIND -> List.of(Fate.BUSY, Fate.UNKNOWN, Fate.CRASH_BEFORE);
          case DISCARD ->
              List.of(
                  Fate.KEPT, Fate.UNKNOWN, Fate.REPLY_LOST, Fate.CRASH_BEFORE, Fate.CRASH_AFTER);
          case CANCEL -> List.of(Fate.UNKNOWN, Fate.REPLY_LOST, Fate.CRASH_AFTER);
          case COMMIT -> List.of(Fate.CRASH_BEFORE, Fate.CRASH_AFTER);
        };
    return fates.stream()
        .flatMap(
            fate ->
                fate == Fate.LATE || fate == Fate.CRASH_LATE
                    ? IntStream.rangeClosed(1, LATEST).mapToObj(by -> new Fault(number, fate, by))
                    : Stream.of(new Fault(number, fate, 0)));
  }

  /** The calls that were made, or an error that names the faults. */
  private List<Call> play(List<Fault> faults) throws Exception {
    Story story = bench.new Story(Script.of(faults));
    try {
      story.run();
    } catch (AssertionError e) {
      throw new AssertionError(faults + " after " + story.script.calls, e);
    }
    String what = faults + ": " + story.script.calls;
    assertThat(story.provider.jobs).as(what).hasSize(1);
    assertThat(story.provider.live()).as(what).hasSize(1);
    assertThat(story.lastJob().getJob()).as(what).isEqualTo(story.provider.jobs.get(0).name());
    assertThat(story.phases()).as(what).endsWith(JobPhase.SUBMITTED);
    assertThat(story.phases()).as(what).containsOnlyOnce(JobPhase.SUBMITTED);
    assertThat(story.phases()).as(what).doesNotContain(JobPhase.REFUSED);
    assertThat(story.offsets()).as(what).endsWith(Bench.OFFSET + 1);
    assertThat(story.offsets().subList(0, story.offsets().size() - 1))
        .as(what)
        .containsOnly(Bench.OFFSET);
    return story.script.calls;
  }

  /**
   * Plays the faults, and with each one more that may follow, to that depth; counts the stories.
   */
  private int explore(List<Fault> faults, int depth) throws Exception {
    List<Call> calls = play(faults);
    int played = 1;
    if (depth > 0) {
      int first = faults.isEmpty() ? 0 : faults.get(faults.size() - 1).call() + 1;
      for (int number = first; number < calls.size(); number++) {
        for (Fault next : faultsAt(number, calls.get(number)).toList()) {
          var more = new ArrayList<>(faults);
          more.add(next);
          played += explore(more, depth - 1);
        }
      }
    }
    return played;
  }

  @Test
  void everyFaultAtEveryCallAloneAndInPairs() throws Exception {
    assertThat(explore(List.of(), 2)).isGreaterThan(500);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 7, 20260131})
  void fourFaultsAtRandom(long seed) throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      List<Fault> faults = new ArrayList<>();
      List<Call> calls = play(faults);
      for (int more = 0; more < 4; more++) {
        int first = faults.isEmpty() ? 0 : faults.get(faults.size() - 1).call() + 1;
        if (first >= calls.size()) {
          break;
        }
        int number = first + random.nextInt(calls.size() - first);
        List<Fault> possible = faultsAt(number, calls.get(number)).toList();
        faults.add(possible.get(random.nextInt(possible.size())));
        calls = play(faults);
      }
    }
  }
}
