package io.promptferry.local.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.promptferry.local.rows.Input;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

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

  /** Whole or not at all, and on the disk when this returns. */
  void write(RunState state) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try (FileChannel file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(state));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
