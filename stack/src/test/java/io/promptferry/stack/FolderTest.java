package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
  @TempDir Path folder;

  @Test
  void makesWhatIsMissing() {
    Folder.prepare(folder.resolve("a/b"), 1);
    assertThat(folder.resolve("a/b")).isDirectory();
  }

  @Test
  void aFileInTheWayIsNamed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Folder.prepare(file))
        .isInstanceOf(StackException.class)
        .hasMessage(file + " is a file: choose another folder");
    assertThatThrownBy(() -> Folder.prepare(file.resolve("below")))
        .isInstanceOf(StackException.class)
        .hasMessage(
            "cannot write to %s: choose a folder that this user may write to",
            file.resolve("below"));
  }

  @Test
  void tooLittleDiskIsToldInOneLine() {
    assertThatThrownBy(() -> Folder.prepare(folder, Long.MAX_VALUE))
        .isInstanceOf(StackException.class)
        .hasMessageMatching(".* has \\d+ MB of disk left and needs \\d+ MB: free some, or .*");
  }

  @Test
  void aNameThatWouldBeReadAsTwoIsRefused() {
    assertThatThrownBy(() -> Folder.prepare(folder.resolve("a,b"), 1))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("comma");
  }
}
