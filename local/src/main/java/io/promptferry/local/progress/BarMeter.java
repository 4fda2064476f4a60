package io.promptferry.local.progress;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is redrawn in place. */
final class BarMeter implements Meter {

  /** Given, since asking the terminal would load a library that talks when there is none. */
  private static final int WIDTH = 100;

  private static final int MILLIS = 250;

  private final ProgressBar bar;

  BarMeter(PrintStream out, String what, long before, long all) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(all)
            .startsFrom(before, Duration.ZERO)
            // Boxes of Unicode come out as question marks on a machine with the C locale.
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(MILLIS)
            .showSpeed()
            .setEtaFunction(
                state ->
                    Remaining.of(
                        state.getStart(),
                        state.getCurrent(),
                        state.getMax(),
                        state.getElapsedAfterStart()))
            .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
            .build();
  }

  @Override
  public void at(long done) {
    bar.stepTo(done);
  }

  @Override
  public void close() {
    bar.close();
  }
}
