package io.promptferry.benchmarks;

import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.config.types.Password;

/** Uploads one file and tells how much memory that took; a process of its own. */
public final class UploadAlone {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final int CHUNK = 8 * 1024 * 1024;

  private UploadAlone() {}

  /** The entry: where to, and what. */
  public static void main(String[] args) throws IOException {
    var settings =
        new GeminiSettings(
            new Password(SimulatorFiles.KEY), args[0], TIMEOUT, TIMEOUT, TIMEOUT, CHUNK, 3, 100);
    try (var provider = new GeminiProvider(settings)) {
      long arrived = provider.upload(Path.of(args[1]), "upload-alone").sizeBytes();
      System.out.printf(
          "%d bytes arrived; %s%n", arrived, ResidentSize.of(ProcessHandle.current().pid()));
    }
  }

  /** Runs it in a JVM with 256 MB of heap. */
  static String run(URI to, Path file) throws IOException, InterruptedException {
    String told = SmallJvm.run(UploadAlone.class, to.toString(), file.toString());
    return told.lines().reduce("", (before, line) -> line);
  }
}
