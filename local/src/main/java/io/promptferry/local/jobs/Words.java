package io.promptferry.local.jobs;

import io.promptferry.local.dlq.Legible;
import io.promptferry.records.JobStats;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import java.util.Locale;
import java.util.TreeMap;

/** The parts of a batch in words, the same in every view. */
public final class Words {

  private Words() {}

  /** The model, and what else sets the lane apart from the usual one. */
  public static String lane(Lane lane) {
    var text = new StringBuilder(lane.getModel());
    if (!lane.getAccount().equals("default")) {
      text.append('/').append(lane.getAccount());
    }
    if (lane.getKind() != LaneKind.NORMAL) {
      text.append('/').append(lane.getKind());
    }
    new TreeMap<>(lane.getLabels())
        .forEach((name, value) -> text.append('/').append(name).append('=').append(value));
    return Legible.line(text.toString());
  }

  /** Succeeded, failed and pending. */
  static String stats(JobStats stats) {
    return String.format(
        Locale.ROOT, "%,d/%,d/%,d", stats.getSucceeded(), stats.getFailed(), stats.getPending());
  }

  /** The state, and whether that is the end of it. */
  static String state(BatchView view) {
    return Legible.line(view.state()) + (view.settled() ? " (settled)" : "");
  }

  /** With commas between thousands. */
  public static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
