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

  /**
   * To be mended: as it stands in the input, of CSV what reads the same; empty for a row of CSV
   * that could be read, and for a file of a folder.
   */
  String text();

  /** By name, in the input's order; of a row that could not be read, what is known all the same. */
  Map<String, String> columns();

  /**
   * A row that could be read.
   *
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
  record Unreadable(
      int number, String place, String text, Map<String, String> columns, String reason)
      implements Row {}

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
