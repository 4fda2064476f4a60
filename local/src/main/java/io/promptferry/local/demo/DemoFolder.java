package io.promptferry.local.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The temporary folder that a demo lives in. */
record DemoFolder(Path path) {

  static DemoFolder create() {
    try {
      return new DemoFolder(Files.createTempDirectory("promptferry-demo-"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot make a temporary folder: free some disk, or set -Djava.io.tmpdir: " + e, e);
    }
  }

  /**
   * Removes it with all that is in it.
   *
   * @return whether nothing is left
   */
  boolean remove() {
    try (Stream<Path> tree = Files.walk(path)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
