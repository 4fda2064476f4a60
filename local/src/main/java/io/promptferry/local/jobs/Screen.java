package io.promptferry.local.jobs;

import java.io.PrintStream;
import java.util.List;

/** Lines on a terminal, drawn over in place; their number may change. */
public final class Screen {

  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_BELOW = "\r\u001b[J";

  /** A line that the terminal breaks in two would spoil the count of lines to go up. */
  private static final int WIDTH = 79;

  private final PrintStream out;
  private List<String> drawn = List.of();

  public Screen(PrintStream out) {
    this.out = out;
  }

  /** Shows these lines in place of those before; longer ones are cut. */
  public void show(List<String> lines) {
    List<String> fitting = lines.stream().map(Screen::cut).toList();
    if (fitting.equals(drawn)) {
      return;
    }
    var text = new StringBuilder();
    if (!drawn.isEmpty()) {
      text.append(UP.formatted(drawn.size())).append(CLEAR_BELOW);
    }
    fitting.forEach(line -> text.append(line).append(System.lineSeparator()));
    // At one go, so that nothing flickers.
    out.print(text);
    out.flush();
    drawn = fitting;
  }

  private static String cut(String line) {
    return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 3) + "...";
  }
}
