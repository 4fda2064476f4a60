package io.promptferry.stack;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes sure of a folder before a child fails in it with a stack trace. */
final class Folder {
  private Folder() {}

  /** Makes the folder if it is missing. */
  static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new StackException(folder + " is a file: choose another folder", e);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    if (!Files.isWritable(folder)) {
      throw unwritable(folder, null);
    }
  }

  /** The same for a folder that data goes to, which has to have room for {@code bytes}. */
  static void prepare(Path folder, long bytes) {
    prepare(folder);
    // Both separate entries of lists, the broker's log.dirs and the registry's JDBC URL.
    if (folder.toString().matches(".*[,;].*")) {
      throw new StackException(folder + " has a comma or semicolon in it: choose another folder");
    }
    try {
      long usable = Files.getFileStore(folder).getUsableSpace();
      if (usable < bytes) {
        throw new StackException(
            "%s has %d MB of disk left and needs %d MB: free some, or choose another folder"
                .formatted(folder, usable >> 20, bytes >> 20));
      }
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static StackException unwritable(Path folder, @Nullable IOException e) {
    return new StackException(
        "cannot write to " + folder + ": choose a folder that this user may write to", e);
  }
}
