package io.promptferry.local.jobs;

import io.promptferry.records.JobStats;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Open batches with bars that fill. */
public final class BatchBars {

  private static final int BAR = 12;
  private static final int SHOWN = 20;

  private record Share(long done, long all, String of) {}

  private BatchBars() {}

  /**
   * A line for each open batch, up to some, and one that counts.
   *
   * @param open the batches that are not settled
   * @param settled how many have settled since the watch began
   */
  public static List<String> lines(List<BatchView> open, long settled, Instant now) {
    var lines = new ArrayList<String>();
    open.stream().limit(SHOWN).forEach(view -> lines.add(line(view, now)));
    if (open.size() > SHOWN) {
      lines.add("and %d more".formatted(open.size() - SHOWN));
    }
    lines.add(
        (open.isEmpty() ? "no open batches" : BatchTable.count(open))
            + (settled > 0 ? "; " + Words.number(settled) + " settled since" : ""));
    return lines;
  }

  /** One batch: its bar is of requests while the job runs, of answers once it has ended. */
  public static String line(BatchView view, Instant now) {
    Share share = share(view);
    String end = Elapsed.until(view.estimatedEnd(), now);
    return String.format(
        Locale.ROOT,
        "%s %-9s %s %,d/%,d %s  %s%s",
        view.id(),
        Words.state(view),
        bar(share.done(), share.all()),
        share.done(),
        share.all(),
        share.of(),
        BatchTable.age(view, now),
        end.equals("-") ? "" : ", " + end);
  }

  private static Share share(BatchView view) {
    if (view.ended()) {
      Totals totals = view.receipt().map(Receipt::getTotals).orElseGet(Totals::new);
      long answered =
          totals.getSucceeded() + totals.getFailed() + totals.getRetried() + totals.getVanished();
      return new Share(answered, view.batch().getCount(), "landed");
    }
    Optional<JobStats> stats = view.stats();
    return new Share(
        stats.map(s -> s.getSucceeded() + s.getFailed()).orElse(0L),
        stats.map(JobStats::getRequests).orElse((long) view.batch().getCount()),
        "run");
  }

  // ASCII: on a machine with the C locale everything else comes out as question marks.
  private static String bar(long done, long all) {
    int full = all <= 0 ? 0 : (int) (BAR * Math.min(done, all) / all);
    return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
  }
}
