package io.promptferry.spans;

import io.promptferry.records.Attempt;
import io.promptferry.records.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Joins spans, so that a batch names each partition once and neighbouring slices become one run.
 */
public final class Spans {

  /** What two spans must share to become one. */
  private record Place(
      String topic, String topicId, int partition, int attempt, List<Attempt> history) {}

  private Spans() {}

  /**
   * One span for each topic, partition and attempt, in the order in which these first appear; runs
   * ascend.
   *
   * @throws IllegalArgumentException when two spans hold the same offset
   */
  public static List<Span> merge(List<Span> spans) {
    var places = new LinkedHashMap<Place, List<Span>>();
    for (Span span : spans) {
      places.computeIfAbsent(placeOf(span), place -> new ArrayList<>()).add(span);
    }
    return places.values().stream().map(Spans::join).toList();
  }

  private static Place placeOf(Span span) {
    return new Place(
        span.getTopic(),
        span.getTopicId(),
        span.getPartition(),
        span.getAttempt(),
        span.getHistory());
  }

  private static Span join(List<Span> spans) {
    record Piece(Span span, Run run) {}
    // Sorted by run and not by span, since spans may lie between each other's runs.
    var pieces = new ArrayList<Piece>();
    for (Span span : spans) {
      Runs.decode(span.getRuns()).forEach(run -> pieces.add(new Piece(span, run)));
    }
    pieces.sort(Comparator.comparingLong(piece -> piece.run().first()));
    var runs = new ArrayList<Run>();
    for (Piece piece : pieces) {
      int end = runs.size() - 1;
      // True for a span's first run only: what ends before a later one ends past its span's after.
      if (end >= 0 && runs.get(end).last() == piece.span().getAfter()) {
        runs.set(end, new Run(runs.get(end).first(), piece.run().last()));
      } else {
        runs.add(piece.run());
      }
    }
    return Span.newBuilder(pieces.get(0).span())
        .setRuns(Runs.encode(runs))
        .setCount(spans.stream().mapToInt(Span::getCount).sum())
        .build();
  }
}
