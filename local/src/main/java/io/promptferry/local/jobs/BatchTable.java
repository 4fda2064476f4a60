package io.promptferry.local.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Batches as a table: a heading, a line each, and their number by state. */
public final class BatchTable {

  private static final List<String> HEADING =
      List.of(
          "BATCH",
          "STATE",
          "JOB",
          "LANE",
          "REQUESTS",
          "OK/FAILED/PENDING",
          "AGE",
          "END",
          "SEALED BY");

  private BatchTable() {}

  /**
   * The lines; only a count where there are no batches.
   *
   * @param now what ages and estimates are counted from
   */
  public static List<String> lines(List<BatchView> views, Instant now) {
    var lines = new ArrayList<String>();
    if (!views.isEmpty()) {
      var rows = new ArrayList<List<String>>();
      rows.add(HEADING);
      views.forEach(view -> rows.add(row(view, now)));
      lines.addAll(Columns.lines(rows));
    }
    lines.add(count(views));
    return lines;
  }

  /** Since the job was created; of one that has none, since the batch was closed. */
  static String age(BatchView view, Instant now) {
    return Elapsed.since(view.submittedAt().orElse(view.batch().getSealedAt()), now);
  }

  private static List<String> row(BatchView view, Instant now) {
    return List.of(
        view.id(),
        Words.state(view),
        view.jobName().orElse("-"),
        Words.lane(view.batch().getLane()),
        Words.number(view.batch().getCount()),
        view.stats().map(Words::stats).orElse("-"),
        age(view, now),
        Elapsed.until(view.estimatedEnd(), now),
        view.batch().getSealReason().name());
  }

  /** How many there are, by state, and how many prompts they hold. */
  public static String count(List<BatchView> views) {
    if (views.isEmpty()) {
      return "0 batches";
    }
    Map<String, Long> byState =
        views.stream()
            .collect(Collectors.groupingBy(Words::state, TreeMap::new, Collectors.counting()));
    return "%s of %s: %s"
        .formatted(
            views.size() == 1 ? "1 batch" : Words.number(views.size()) + " batches",
            prompts(views.stream().mapToLong(view -> view.batch().getCount()).sum()),
            byState.entrySet().stream()
                .map(state -> state.getValue() + " " + state.getKey())
                .collect(Collectors.joining(", ")));
  }

  private static String prompts(long count) {
    return count == 1 ? "1 prompt" : Words.number(count) + " prompts";
  }
}
