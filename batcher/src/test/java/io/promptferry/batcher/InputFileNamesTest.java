package io.promptferry.batcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InputFileNamesTest {

  private static final String BATCH = "20260131-235959-k3f9x2ab";

  private final InputFileNames names = new InputFileNames("ferry");

  @Test
  void areOfTheProvidersForm() {
    assertThat(Stream.generate(() -> names.next(BATCH)).limit(1_000))
        .allMatch(name -> name.matches("[a-z0-9][a-z0-9-]{0,38}[a-z0-9]"))
        .allMatch(name -> name.contains(BATCH))
        .allMatch(name -> names.made("files/" + name));
  }

  @Test
  void areNewEachTime() {
    assertThat(Stream.generate(() -> names.next(BATCH)).limit(10).distinct())
        .as("60 million to choose from")
        .hasSizeGreaterThan(8);
  }

  /** What is at the provider outlives the process, and its version. */
  @Test
  void areKnownAgain() {
    assertThat(new InputFileNames("ferry").made("files/" + names.next(BATCH))).isTrue();
    assertThat(names.made("files/e9087d0b-20260131-235959-k3f9x2ab-0d3zk")).isTrue();
  }

  @Test
  void otherNamesAreNotOurs() {
    String mine = names.next(BATCH);
    String mark = mine.substring(0, mine.indexOf('-'));
    assertThat(
            Stream.of(
                "files/" + new InputFileNames("ferry-2").next(BATCH),
                "files/" + new InputFileNames("").next(BATCH),
                "files/" + BATCH + "-0d3zk",
                "files/" + mark,
                "files/" + mark + "-notes",
                "files/" + mine + "-copy",
                "files/x" + mine,
                mine,
                "files/batch-" + mine,
                ""))
        .noneMatch(names::made);
  }
}
