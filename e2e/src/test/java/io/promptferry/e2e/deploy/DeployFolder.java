package io.promptferry.e2e.deploy;

import io.promptferry.e2e.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder deploy/ as files. */
final class DeployFolder {

  static final Path ROOT = Repository.root().resolve("deploy");

  private DeployFolder() {}

  /** Those below the folders for Kubernetes; others in deploy/ are no manifests. */
  static List<Path> files(String... endings) {
    return Stream.of("base", "overlays", "components")
        .map(ROOT::resolve)
        .flatMap(DeployFolder::walk)
        .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
        .sorted()
        .toList();
  }

  private static Stream<Path> walk(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
