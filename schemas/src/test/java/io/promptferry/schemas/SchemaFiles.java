package io.promptferry.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** The .avsc files, as they lie in the module. */
final class SchemaFiles {

  private static final Path FILES = Path.of("src/main/avro");
  private static final Path BASELINE = Path.of("src/test/resources/baseline");

  /** What one file uses of others' stands before it. */
  private static final List<String> FIRST =
      List.of("Slice.avsc", "Batch.avsc", "Job.avsc", "JobState.avsc", "Receipt.avsc");

  private SchemaFiles() {}

  /** The record of each file, by its full name. */
  static Map<String, Schema> byName() {
    var parser = new Schema.Parser();
    var schemas = new HashMap<String, Schema>();
    Stream.concat(FIRST.stream(), names(FILES).filter(name -> !FIRST.contains(name)))
        .map(name -> parser.parse(read(FILES.resolve(name))))
        .forEach(schema -> schemas.put(schema.getFullName(), schema));
    return schemas;
  }

  /** The versions of a record that have been published, the oldest first. */
  static List<Schema> baseline(String record) {
    var versions = new ArrayList<Schema>();
    for (int version = 1; ; version++) {
      Path file = BASELINE.resolve(record + "-v" + version + ".avsc");
      if (!Files.exists(file)) {
        return versions;
      }
      versions.add(new Schema.Parser().parse(read(file)));
    }
  }

  /** How many baseline files there are of all records. */
  static long baselines() {
    return names(BASELINE).count();
  }

  static String text(String record) {
    return read(FILES.resolve(record + ".avsc"));
  }

  private static Stream<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
