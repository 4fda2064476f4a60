package io.promptferry.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A folder of records, each a JSON file that is replaced as a whole. */
final class RecordFolder<T> {
  private final Path folder;
  private final Class<T> type;

  RecordFolder(Path folder, Class<T> type) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.type = type;
  }

  List<T> load() throws IOException {
    List<T> records = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        records.add(Json.MAPPER.readValue(file.toFile(), type));
      }
    }
    return records;
  }

  void save(String name, T record) {
    try {
      Path draft = folder.resolve(name + ".draft");
      Files.write(draft, Json.MAPPER.writeValueAsBytes(record));
      Files.move(
          draft,
          folder.resolve(name + ".json"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + folder, e);
    }
  }
}
