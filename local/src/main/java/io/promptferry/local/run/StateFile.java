package io.promptferry.local.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.promptferry.local.rows.Input;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/** Keeps the state of a run in a file beside its input. */
public final class StateFile {

  private static final String ENDING = ".promptferry.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private final Path path;

  StateFile(Path path) {
    this.path = path;
  }

  /** Of an input; empty for standard input, which cannot be read again. */
  public static Optional<StateFile> of(Input input) {
    return input.beside(ENDING).map(StateFile::new);
  }

  public Path path() {
    return path;
  }

  /**
   * The state; empty where no run has begun.
   *
   * @throws IOException when the file cannot be read, or holds something else; one line that says
   *     what to do
   */
  public Optional<RunState> read() throws IOException {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(path), RunState.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IOException(
          path
              + " is no state of a run that this version can read: with --again it is written anew, and"
              + " all rows are sent",
          e);
    }
  }

  /**
   * Begins a run, unless another process has begun one meanwhile: that which is there first stays.
   *
   * @return the run that is on the disk: {@code fresh}, or the other's
   */
  RunState begin(RunState fresh) throws IOException {
    Path whole = beside(fresh);
    try {
      createFrom(whole);
      return fresh;
    } catch (FileAlreadyExistsException e) {
      return read().orElseThrow(() -> new IOException(path + " came and went: run this again", e));
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** Whole or not at all, and on the disk when this returns; what was there is replaced. */
  void write(RunState state) throws IOException {
    Path whole = beside(state);
    try {
      Files.move(whole, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  /** A link: renaming replaces what is there, and a file created under its name may stay half. */
  private void createFrom(Path whole) throws IOException {
    try {
      Files.createLink(path, whole);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A file system without links. The look and the move are two steps here, but close ones.
      Files.move(whole, path);
    }
  }

  /** A file of a name of its own, since another process may do the same now. */
  private Path beside(RunState state) throws IOException {
    Path whole = path.resolveSibling(path.getFileName() + "." + UUID.randomUUID() + ".new");
    try (FileChannel file =
        FileChannel.open(whole, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(state));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    return whole;
  }
}
