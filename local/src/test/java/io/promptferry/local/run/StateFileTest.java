package io.promptferry.local.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.rows.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
