package io.promptferry.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The image as the Dockerfile makes it of what Maven has built; made once for all tests. */
final class ServiceImage {

  private static final String TAG = "test";
  private static final String NAME = "promptferry:" + TAG;
  private static final int MINUTES = 5;
  private static boolean built;

  private ServiceImage() {}

  /** Its name, after it is there. */
  static synchronized String name() {
    if (!built) {
      try {
        build();
      } catch (IOException e) {
        throw new IllegalStateException("cannot run docker build", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the image was built", e);
      }
      built = true;
    }
    return NAME;
  }

  /** Its tag, after it is there. */
  static String tag() {
    name();
    return TAG;
  }

  private static void build() throws IOException, InterruptedException {
    Path log = Files.createTempFile("docker-build", ".log");
    Process build =
        new ProcessBuilder("docker", "build", "-t", NAME, ".")
            .directory(Repository.root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!build.waitFor(MINUTES, TimeUnit.MINUTES) || build.exitValue() != 0) {
      build.destroyForcibly();
      throw new IllegalStateException("docker build failed:\n" + Files.readString(log));
    }
    Files.delete(log);
  }
}
