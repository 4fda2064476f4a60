package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFolderTest {

  @TempDir private Path spool;

  @Test
  void whatAnEarlierLifeLeftBehindIsRemoved() throws IOException {
    Path whole;
    Path part;
    try (SpoolFolder dead = SpoolFolder.open(spool)) {
      whole = Files.createFile(dead.file("b1"));
      part = Files.createFile(Path.of(dead.file("b2") + ".123.part"));
    }

    try (SpoolFolder next = SpoolFolder.open(spool)) {
      assertThat(whole).doesNotExist();
      assertThat(part).doesNotExist();
      assertThat(whole.getParent()).doesNotExist();
      assertThat(next.file("b1").getParent()).isDirectory();
    }
  }

  @Test
  void whatAnotherInstanceUsesStays() throws IOException {
    try (SpoolFolder living = SpoolFolder.open(spool)) {
      Path used = Files.createFile(living.file("b1"));
      try (SpoolFolder next = SpoolFolder.open(spool)) {
        assertThat(used).exists();
        assertThat(next.file("b1")).isNotEqualTo(used);
      }
    }
  }

  @Test
  void whatIsOfSomebodyElseStays() throws IOException {
    Path other = Files.createFile(spool.resolve("b1.results.jsonl"));
    Path note;
    try (SpoolFolder dead = SpoolFolder.open(spool)) {
      note = Files.createFile(dead.file("b1").resolveSibling("note.txt"));
    }

    SpoolFolder.open(spool).close();

    assertThat(other).exists();
    assertThat(note).exists();
  }

  @Test
  void noNameIsGivenTwice() throws IOException {
    try (SpoolFolder folder = SpoolFolder.open(spool)) {
      assertThat(folder.file("b1")).isNotEqualTo(folder.file("b1"));
    }
  }
}
