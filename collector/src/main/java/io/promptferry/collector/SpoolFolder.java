package io.promptferry.collector;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one life of an instance in the spool. Its lock is held for as long as the process
 * lives, so that the next life can tell what a dead one left behind from what another instance on
 * the same disk uses, and removes only that.
 */
final class SpoolFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
  private static final String LIFE = "life-";
  private static final String LOCK = "lock";
  private static final String RESULTS = ".results.jsonl";

  private final Path folder;
  private final FileChannel channel;
  private int files;

  private SpoolFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** Makes the folder of this life and removes those of dead ones. */
  static SpoolFolder open(Path spool) throws IOException {
    Files.createDirectories(spool);
    Path mine = Files.createTempDirectory(spool, LIFE);
    FileChannel channel =
        FileChannel.open(mine.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = channel.tryLock();
    if (held == null) {
      throw new IOException("cannot lock " + mine.resolve(LOCK));
    }
    try (DirectoryStream<Path> lives = Files.newDirectoryStream(spool, LIFE + "*")) {
      for (Path life : lives) {
        if (!life.equals(mine)) {
          removeIfDead(life);
        }
      }
    }
    return new SpoolFolder(mine, channel);
  }

  /**
   * A name that was not given before, so that two fetches of a batch are not in each other's way.
   */
  synchronized Path file(String batchId) {
    files++;
    return folder.resolve(batchId + "." + files + RESULTS);
  }

  private static void removeIfDead(Path life) {
    try (FileChannel channel = FileChannel.open(life.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        remove(life);
      }
    } catch (OverlappingFileLockException | NoSuchFileException e) {
      LOG.debug("{} is in use", life);
    } catch (IOException e) {
      LOG.warn("{} was left behind: {}", life, e.getMessage());
    }
  }

  private static void remove(Path life) throws IOException {
    long bytes = 0;
    // With the endings that a download gives to what has not arrived.
    try (DirectoryStream<Path> left = Files.newDirectoryStream(life, "*" + RESULTS + "*")) {
      for (Path file : left) {
        bytes += Files.size(file);
        Files.delete(file);
      }
    }
    Files.delete(life.resolve(LOCK));
    try {
      Files.delete(life);
    } catch (DirectoryNotEmptyException e) {
      LOG.warn("{} holds files of somebody else and stays", life);
    }
    LOG.info("removed {}, {} bytes of results that an earlier life left behind", life, bytes);
  }

  /** Leaves the folder to the next life; only tests need it, the end of a process does the same. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
