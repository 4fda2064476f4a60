package io.promptferry.local.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
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
   * Removes what is in it, these files apart.
   *
   * @return whether nothing else is left
   */
  boolean removeAllBut(Collection<Path> kept) {
    try (Stream<Path> tree = Files.walk(path)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        if (kept.stream().noneMatch(one -> one.startsWith(file))) {
          Files.delete(file);
        }
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
