package io.promptferry.local.command;

import io.promptferry.stack.StackException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A folder for a stack: one of the person's choice, or a temporary one that goes away again. */
public final class DataFolder implements AutoCloseable {

  private final Path path;
  private boolean temporary;

  private DataFolder(Path path, boolean temporary) {
    this.path = path;
    this.temporary = temporary;
  }

  /**
   * The chosen folder, or a new temporary one.
   *
   * @throws StackException when no temporary folder can be made
   */
  public static DataFolder of(@Nullable Path chosen) {
    if (chosen != null) {
      return new DataFolder(chosen.toAbsolutePath().normalize(), false);
    }
    try {
      return new DataFolder(Files.createTempDirectory("promptferry-"), true);
    } catch (IOException e) {
      throw new StackException(
          "cannot make a temporary folder (" + e.getMessage() + "): name one with --data", e);
    }
  }

  public Path path() {
    return path;
  }

  /** Leaves it, for its logs. */
  public void keep() {
    temporary = false;
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try {
      Files.walkFileTree(path, new Removal());
    } catch (IOException e) {
      throw new StackException("cannot remove " + path + ": remove it by hand", e);
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      if (e != null) {
        throw e;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
