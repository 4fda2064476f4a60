package io.promptferry.local.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every file below a folder, by name; hidden ones are passed over. The columns are {@code file},
 * its path below the folder, {@code name}, without folders and ending, and of a text {@code text}.
 */
final class FolderRows implements Rows {

  static final String FILE = "file";
  static final String NAME = "name";
  static final String TEXT = "text";

  /** The images that Gemini takes, by the ending of the file. */
  private static final Map<String, String> IMAGES =
      Map.of(
          "png", "image/png",
          "jpg", "image/jpeg",
          "jpeg", "image/jpeg",
          "webp", "image/webp",
          "heic", "image/heic",
          "heif", "image/heif");

  /** More than a Kafka message usually holds; read no further, whatever lies there. */
  private static final long MOST_BYTES = 20_000_000;

  private final Path folder;
  private final Iterator<Path> files;
  private int number;

  FolderRows(Path folder) throws IOException {
    this.folder = folder;
    this.files = files(folder).iterator();
  }

  /** Sorted, since the order in which a file system lists them may change. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> !isHidden(folder.relativize(file)))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static boolean isHidden(Path below) {
    for (Path part : below) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<Row> next() throws IOException {
    return files.hasNext() ? Optional.of(row(files.next())) : Optional.empty();
  }

  private Row row(Path file) throws IOException {
    number++;
    String place = folder.relativize(file).toString();
    String fileName = String.valueOf(file.getFileName());
    int dot = fileName.lastIndexOf('.');
    String ending = dot < 0 ? "" : fileName.substring(dot + 1).toLowerCase(Locale.ROOT);
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put(FILE, place);
    columns.put(NAME, dot < 0 ? fileName : fileName.substring(0, dot));
    if (Files.size(file) > MOST_BYTES) {
      return new Row.Unreadable(
          number, place, "", columns, "is larger than %,d bytes".formatted(MOST_BYTES));
    }
    String image = IMAGES.get(ending);
    if (image != null) {
      return new Row.Content(number, place, "", columns, Optional.of(new Row.Media(image, file)));
    }
    try {
      columns.put(
          TEXT,
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString());
    } catch (CharacterCodingException e) {
      return new Row.Unreadable(
          number,
          place,
          "",
          columns,
          "is neither UTF-8 text nor an image (png, jpg, webp, heic, heif)");
    }
    return new Row.Content(number, place, "", columns, Optional.of(new Row.Media(Row.TEXT, file)));
  }

  @Override
  public Optional<List<String>> columns() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
