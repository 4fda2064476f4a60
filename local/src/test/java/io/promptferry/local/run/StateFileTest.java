package io.promptferry.local.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.rows.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {

  private static final RunState STATE =
      new RunState(
          "abc",
          "c",
          "prompts",
          Map.of(0, 17L, 1, 0L),
          "2026-01-31T12:00:00Z",
          "i",
          "p",
          0,
          0,
          false);

  @TempDir Path folder;

  @Test
  void standsBesideTheInputAndIsReadAsItWasWritten() throws Exception {
    Path input = Files.writeString(folder.resolve("a.csv"), "a\n");
    StateFile file = StateFile.of(Input.of(input.toString(), null)).orElseThrow();
    assertThat(file.read()).isEmpty();
    file.write(STATE);
    file.write(STATE.completed(3, 1));
    assertThat(file.read()).contains(STATE.completed(3, 1));
    assertThat(file.path()).isEqualTo(folder.resolve("a.csv.promptferry.json").toAbsolutePath());
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void ofManyThatBeginAtOnceAllGoOnWithOneRun() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      for (int round = 0; round < 50; round++) {
        Path path = folder.resolve(round + ".promptferry.json");
        var start = new CyclicBarrier(many);
        List<Future<RunState>> begun = new ArrayList<>();
        for (int i = 0; i < many; i++) {
          RunState own = named("run-" + i);
          begun.add(
              threads.submit(
                  () -> {
                    start.await();
                    return new StateFile(path).begin(own);
                  }));
        }
        Set<RunState> runs = new HashSet<>();
        for (Future<RunState> state : begun) {
          runs.add(state.get());
        }
        assertThat(runs).hasSize(1);
        assertThat(new StateFile(path).read()).hasValue(runs.iterator().next());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void manyThatWriteAtOnceDoNotDisturbEachOther() throws Exception {
    int many = 8;
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      var file = new StateFile(folder.resolve("a.promptferry.json"));
      var start = new CyclicBarrier(many);
      List<Future<?>> written = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        RunState own = named("run-" + i);
        written.add(
            threads.submit(
                () -> {
                  start.await();
                  for (int time = 0; time < 20; time++) {
                    file.write(own);
                  }
                  return null;
                }));
      }
      for (Future<?> each : written) {
        each.get();
      }
      assertThat(file.read()).isPresent();
    } finally {
      threads.shutdownNow();
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  private static RunState named(String run) {
    return new RunState(
        run,
        STATE.cluster(),
        STATE.topic(),
        STATE.starts(),
        STATE.startedAt(),
        STATE.input(),
        STATE.prompts(),
        0,
        0,
        false);
  }

  @Test
  void standardInputHasNone() throws Exception {
    assertThat(StateFile.of(Input.of("-", null))).isEmpty();
  }

  @Test
  void whatIsNoStateIsNotTakenForAnEmptyOne() throws Exception {
    var file = new StateFile(folder.resolve("a.promptferry.json"));
    for (String content : new String[] {"", "{}", "{\"run\":\"a\"}", "{\"run\":"}) {
      Files.writeString(file.path(), content);
      assertThatThrownBy(file::read)
          .as(content)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is no state of a run that this version can read");
    }
  }

  @Test
  void aMarkNamesTheRowOfItsOwnRunOnly() {
    var headers = new RecordHeaders();
    assertThat(RunMark.row(headers, "ab")).isEmpty();
    RunMark.put(headers, "ab", 12);
    assertThat(RunMark.row(headers, "ab")).hasValue(12);
    assertThat(RunMark.row(headers, "a")).isEmpty();
    assertThat(RunMark.row(headers, "abc")).isEmpty();
  }
}
