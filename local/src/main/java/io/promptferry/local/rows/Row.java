package io.promptferry.local.rows;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** One row of an input: what becomes one prompt. */
public sealed interface Row {

  /** From 1, as the input has it; the same each time that the same input is read. */
  int number();

  /** Where a person finds it: {@code line 7}, or the name of a file. */
  String place();

  /** As it stands in the input, to be mended; empty for a file of a folder. */
  String text();

  /**
   * A row that could be read.
   *
   * @param columns by name, in the input's order
   * @param media the file that the row is; empty where it is a line
   */
  record Content(
      int number, String place, String text, Map<String, String> columns, Optional<Media> media)
      implements Row {}

  /**
   * A row that could not.
   *
   * @param reason what is wrong with it and what would be right
   */
  record Unreadable(int number, String place, String text, String reason) implements Row {}

  /** A file of a folder. */
  record Media(String mimeType, Path file) {

    /** Whether it can only go along as it is; a text stands in the columns. */
    boolean isImage() {
      return !mimeType.equals(TEXT);
    }
  }

  /** The type of a text. */
  String TEXT = "text/plain";
}
