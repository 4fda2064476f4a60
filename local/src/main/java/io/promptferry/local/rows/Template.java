package io.promptferry.local.rows;

import io.promptferry.local.client.BadLineException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A text with columns in it: {@code Summarise in one line: {review}}. <code>{{</code> and <code>}}
 * </code> stand for the braces themselves.
 */
public final class Template {

  private sealed interface Piece {}

  private record Text(String text) implements Piece {}

  private record Column(String name) implements Piece {}

  private final String source;
  private final List<Piece> pieces;

  private Template(String source, List<Piece> pieces) {
    this.source = source;
    this.pieces = List.copyOf(pieces);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException when a brace is open, or closes nothing; the message says
   *     where
   */
  public static Template parse(String source) {
    var pieces = new ArrayList<Piece>();
    var text = new StringBuilder();
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      boolean twice = i + 1 < source.length() && source.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && twice) {
        text.append(c);
        i++;
      } else if (c == '{') {
        int end = source.indexOf('}', i);
        String name = end < 0 ? "" : source.substring(i + 1, end);
        if (name.isBlank() || name.contains("{")) {
          throw braces("the { at character " + (i + 1) + " names no column");
        }
        pieces.add(new Text(text.toString()));
        pieces.add(new Column(name));
        text.setLength(0);
        i = end;
      } else if (c == '}') {
        throw braces("the } at character " + (i + 1) + " closes nothing");
      } else {
        text.append(c);
      }
    }
    pieces.add(new Text(text.toString()));
    return new Template(source, pieces);
  }

  private static IllegalArgumentException braces(String what) {
    return new IllegalArgumentException(what + ": write {column}, and {{ or }} for a brace itself");
  }

  /** The columns that it needs. */
  public Set<String> columns() {
    var names = new LinkedHashSet<String>();
    for (Piece piece : pieces) {
      if (piece instanceof Column column) {
        names.add(column.name());
      }
    }
    return names;
  }

  /**
   * The text for a row.
   *
   * @throws BadLineException when the row lacks a column
   */
  public String render(Map<String, String> row) throws BadLineException {
    var text = new StringBuilder();
    for (Piece piece : pieces) {
      if (piece instanceof Text constant) {
        text.append(constant.text());
      } else if (piece instanceof Column column) {
        String value = row.get(column.name());
        if (value == null) {
          throw new BadLineException(
              "there is no column '%s': the row has %s"
                  .formatted(column.name(), String.join(", ", row.keySet())));
        }
        text.append(value);
      }
    }
    return text.toString();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return source;
  }
}
