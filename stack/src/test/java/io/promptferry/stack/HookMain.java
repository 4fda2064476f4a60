package io.promptferry.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * Runs until it is stopped. Its shutdown hook says so in a file, waits for the file {@code go}, and
 * says that it got to its end.
 */
public final class HookMain {
  private HookMain() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> linger(folder)));
    Files.createFile(folder.resolve("running"));
    new CountDownLatch(1).await();
  }

  private static void linger(Path folder) {
    try {
      Files.createFile(folder.resolve("stopping"));
      while (Files.notExists(folder.resolve("go"))) {
        Thread.sleep(20);
      }
      Files.createFile(folder.resolve("stopped"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
