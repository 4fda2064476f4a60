package io.promptferry.spans;

import io.promptferry.records.Attempt;
import io.promptferry.records.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * Joins spans, so that a batch names each partition once and neighbouring slices become one run.
 */
public final class Spans {

  /** What two spans must share to become one. */
  private record Place(
      String topic, String topicId, int partition, int attempt, List<Attempt> history) {}

  /** Offsets that two spans of one place hold. */
  public record Overlap(String topic, int partition, Run offsets) {}

  private Spans() {}

  /**
   * One span for each topic, partition and attempt, in the order in which these first appear; runs
   * ascend.
   *
   * <p>No offset is named twice, since it would be paid twice. Where spans overlap, which only a
   * mistake can bring about, the result holds their union, and its count, the sum of theirs, is too
   * high: how many of the offsets are prompts cannot be told here, and where a count is too high
   * prompts are reported as missing, while one that is too low could hide some that are.
   *
   * @param overlaps is told of each run of offsets that is held twice. Throwing would be no better:
   *     who reads the same slices again fails on them again
   */
  public static List<Span> merge(List<Span> spans, Consumer<Overlap> overlaps) {
    var places = new LinkedHashMap<Place, List<Span>>();
    for (Span span : spans) {
      places.computeIfAbsent(placeOf(span), place -> new ArrayList<>()).add(span);
    }
    return places.values().stream().map(same -> join(same, overlaps)).toList();
  }

  private static Place placeOf(Span span) {
    return new Place(
        span.getTopic(),
        span.getTopicId(),
        span.getPartition(),
        span.getAttempt(),
        span.getHistory());
  }

  private static Span join(List<Span> spans, Consumer<Overlap> overlaps) {
    record Piece(Span span, Run run) {}
    // Sorted by run and not by span, since spans may lie between each other's runs.
    var pieces = new ArrayList<Piece>();
    for (Span span : spans) {
      Runs.decode(span.getRuns()).forEach(run -> pieces.add(new Piece(span, run)));
    }
    pieces.sort(Comparator.comparingLong(piece -> piece.run().first()));
    var runs = new ArrayList<Run>();
    for (Piece piece : pieces) {
      Run run = piece.run();
      Run open = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (open != null && run.first() <= open.last()) {
        long end = Math.min(open.last(), run.last());
        overlaps.accept(
            new Overlap(
                piece.span().getTopic(), piece.span().getPartition(), new Run(run.first(), end)));
        run = new Run(open.first(), Math.max(open.last(), run.last()));
        runs.remove(runs.size() - 1);
      } else if (open != null && open.last() == piece.span().getAfter()) {
        // True for a span's first run only: what ends before a later one ends past its span's
        // after.
        run = new Run(open.first(), run.last());
        runs.remove(runs.size() - 1);
      }
      runs.add(run);
    }
    return Span.newBuilder(pieces.get(0).span())
        .setRuns(Runs.encode(runs))
        .setCount(spans.stream().mapToInt(Span::getCount).sum())
        .build();
  }
}
