package io.promptferry.e2e.deploy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What renders an overlay, where it is installed.
 *
 * @param command before the folder
 */
record Kustomize(List<String> command) {

  private static final int SECONDS = 30;

  /** {@code kubectl}, which has kustomize inside, or kustomize itself. */
  static Optional<Kustomize> find() {
    return Stream.of(List.of("kubectl", "kustomize"), List.of("kustomize", "build"))
        .filter(command -> isOnPath(command.get(0)))
        .map(Kustomize::new)
        .findFirst();
  }

  private static boolean isOnPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /**
   * All objects of an overlay.
   *
   * @throws IOException when it cannot be rendered; the message is kustomize's
   */
  List<Manifest> render(Path folder) throws IOException, InterruptedException {
    Path out = Files.createTempFile("rendered", ".yaml");
    Path err = Files.createTempFile("rendered", ".err");
    try {
      Process process =
          new ProcessBuilder(Stream.concat(command.stream(), Stream.of(folder.toString())).toList())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " took longer than " + SECONDS + " s");
      }
      // Warnings too: kustomize says there what it will refuse one day.
      if (process.exitValue() != 0 || Files.size(err) > 0) {
        throw new IOException(folder + ": " + Files.readString(err));
      }
      return Manifest.parse(folder.getFileName().toString(), Files.readString(out));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
