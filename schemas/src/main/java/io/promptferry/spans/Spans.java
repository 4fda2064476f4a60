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
    record Piece(Span span, List<Run> runs) {}
    List<Piece> pieces =
        spans.stream()
            .map(span -> new Piece(span, Runs.decode(span.getRuns())))
            .sorted(Comparator.comparingLong(piece -> piece.runs().get(0).first()))
            .toList();
    var runs = new ArrayList<Run>();
    int count = 0;
    for (Piece piece : pieces) {
      Run first = piece.runs().get(0);
      int end = runs.size() - 1;
      if (end >= 0 && runs.get(end).last() == piece.span().getAfter()) {
        runs.set(end, new Run(runs.get(end).first(), first.last()));
        runs.addAll(piece.runs().subList(1, piece.runs().size()));
      } else {
        runs.addAll(piece.runs());
      }
      count += piece.span().getCount();
    }
    return Span.newBuilder(pieces.get(0).span()).setRuns(Runs.encode(runs)).setCount(count).build();
  }
}
