package io.promptferry.local.stack;

import io.promptferry.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says in a data folder which provider made the jobs in its log. On another one they do not exist:
 * their prompts would be answered FAILED, and what waits would be sent where nobody meant it to go.
 */
final class ProviderMark {

  static final String SIMULATOR = "the simulator";

  private static final String FILE = "provider";

  private ProviderMark() {}

  /**
   * Marks a new folder, and refuses one that belongs to another provider.
   *
   * @param provider {@link #SIMULATOR} or an address
   * @throws StackException when it is refused or cannot be written
   */
  static void check(Path folder, String provider) {
    Path mark = folder.resolve(FILE);
    try {
      String used =
          Files.exists(mark) ? Files.readString(mark).strip() : unmarked(folder, provider);
      if (!used.equals(provider)) {
        throw new StackException(
            "%s was used with %s, where its jobs are, and not with %s: choose another folder"
                .formatted(folder, used, provider));
      }
      Files.createDirectories(folder);
      Files.writeString(mark, provider + "\n");
    } catch (IOException e) {
      throw new StackException("cannot write " + mark + ": choose another folder", e);
    }
  }

  /** Before there were marks there was the simulator only. */
  private static String unmarked(Path folder, String provider) {
    return Files.exists(folder.resolve("broker")) ? SIMULATOR : provider;
  }
}
