package io.promptferry.local.stack;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.stack.StackException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderMarkTest {

  private static final String GOOGLE = "https://google";

  @TempDir Path folder;

  @Test
  void aFolderStaysWithItsProvider() {
    Path data = folder.resolve("new");
    ProviderMark.check(data, GOOGLE);
    assertThatCode(() -> ProviderMark.check(data, GOOGLE)).doesNotThrowAnyException();
    assertThatThrownBy(() -> ProviderMark.check(data, ProviderMark.SIMULATOR))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("was used with https://google")
        .hasMessageContaining("choose another folder");
  }

  @Test
  void aFolderFromBeforeThereWereMarksIsTheSimulators() throws Exception {
    Files.createDirectory(folder.resolve("broker"));
    assertThatThrownBy(() -> ProviderMark.check(folder, GOOGLE))
        .hasMessageContaining("was used with the simulator");
    assertThatCode(() -> ProviderMark.check(folder, ProviderMark.SIMULATOR))
        .doesNotThrowAnyException();
  }
}
