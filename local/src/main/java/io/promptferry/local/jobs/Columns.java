package io.promptferry.local.jobs;

import java.util.List;
import java.util.stream.IntStream;

/** Rows of texts as lines in which columns are aligned. */
public final class Columns {

  private Columns() {}

  /**
   * A line for each row.
   *
   * @param rows each of as many texts as the first
   */
  public static List<String> lines(List<List<String>> rows) {
    List<Integer> widths =
        IntStream.range(0, rows.isEmpty() ? 0 : rows.get(0).size())
            .mapToObj(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toList();
    return rows.stream().map(row -> padded(row, widths)).toList();
  }

  private static String padded(List<String> row, List<Integer> widths) {
    var line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i)).append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
