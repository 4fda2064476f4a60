package io.promptferry.local.run;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The header that names a prompt's run and row. It comes back on the answer. */
public final class RunMark {

  /** {@code <run>/<row>}. */
  public static final String HEADER = "promptferry-run";

  private RunMark() {}

  static void put(Headers headers, String run, int row) {
    headers.remove(HEADER);
    headers.add(HEADER, (run + "/" + row).getBytes(StandardCharsets.UTF_8));
  }

  /** The row; empty for what belongs to no run, or to another. */
  public static OptionalInt row(Headers headers, String run) {
    Header header = headers.lastHeader(HEADER);
    if (header == null || header.value() == null) {
      return OptionalInt.empty();
    }
    String text = new String(header.value(), StandardCharsets.UTF_8);
    String row = text.startsWith(run + "/") ? text.substring(run.length() + 1) : "";
    return row.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(row)) : OptionalInt.empty();
  }
}
