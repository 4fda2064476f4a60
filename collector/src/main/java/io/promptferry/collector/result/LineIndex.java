package io.promptferry.collector.result;

import com.carrotsearch.hppc.LongLongHashMap;
import io.promptferry.records.Span;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.LineKeys.Place;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the line of each prompt of a batch begins: two longs a prompt and a map's slack, 18 to 36
 * bytes in all, taken at once for all prompts of the batch. Keys of others are not held, so that no
 * file can make it grow.
 */
final class LineIndex {

  static final long ABSENT = -1;

  /** Full enough that a million prompts take 34 MB, and still a few probes a look. */
  private static final double LOAD = 0.9;

  private record Part(int topic, int partition) {}

  /** The prompts of one partition: the ends of their runs, ascending, and their lines. */
  private static final class Lines {
    private final long[] firsts;
    private final long[] lasts;
    private final LongLongHashMap starts;

    Lines(List<Span> spans) {
      List<Run> runs =
          spans.stream()
              .flatMap(span -> Runs.decode(span.getRuns()).stream())
              .sorted(Comparator.comparingLong(Run::first))
              .toList();
      this.firsts = runs.stream().mapToLong(Run::first).toArray();
      this.lasts = runs.stream().mapToLong(Run::last).toArray();
      this.starts = new LongLongHashMap(spans.stream().mapToInt(Span::getCount).sum(), LOAD);
    }

    boolean holds(long offset) {
      int at = Arrays.binarySearch(firsts, offset);
      int run = at >= 0 ? at : -at - 2;
      return run >= 0 && offset <= lasts[run];
    }
  }

  private final LineKeys keys;
  private final Map<Part, Lines> parts = new HashMap<>();

  LineIndex(List<Span> spans) {
    this.keys = new LineKeys(spans);
    var spansOf = new HashMap<Part, List<Span>>();
    for (int i = 0; i < spans.size(); i++) {
      spansOf.computeIfAbsent(part(keys.place(i, 0)), part -> new ArrayList<>()).add(spans.get(i));
    }
    spansOf.forEach((part, of) -> parts.put(part, new Lines(of)));
  }

  private static Part part(Place place) {
    return new Part(place.topic(), place.partition());
  }

  /** The prompt of this key; nothing where the batch has none. */
  Optional<Place> find(String key) {
    return keys.parse(key)
        .filter(
            place -> {
              Lines of = parts.get(part(place));
              return of != null && of.holds(place.offset());
            });
  }

  /** Notes a line, unless the prompt has one; whether it had none. */
  boolean put(Place place, long start) {
    Lines of = parts.get(part(place));
    return of != null && of.starts.putIfAbsent(place.offset(), start);
  }

  /** Where the prompt's line begins, or {@link #ABSENT}. */
  long start(Place place) {
    Lines of = parts.get(part(place));
    return of == null ? ABSENT : of.starts.getOrDefault(place.offset(), ABSENT);
  }

  /** How many prompts have a line. */
  long size() {
    return parts.values().stream().mapToLong(of -> of.starts.size()).sum();
  }
}
