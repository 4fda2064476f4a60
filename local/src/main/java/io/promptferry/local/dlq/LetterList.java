package io.promptferry.local.dlq;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The newest dead letters, and how many there are of each reason.
 *
 * @param newest the newest last
 * @param byReason counts all that matched, shown or not
 */
public record LetterList(List<DeadLetter> newest, Map<String, Long> byReason) {

  private static final Comparator<DeadLetter> NEWEST_FIRST = DeadLetter.OLDEST_FIRST.reversed();

  /** Reads all that match and keeps at most so many. */
  public static LetterList read(DeadLetters letters, LetterFilter filter, int most) {
    var newest = new Foremost<>(most, NEWEST_FIRST);
    var byReason = new TreeMap<String, Long>();
    letters.read(
        filter.since(),
        record -> {
          DeadLetter letter = DeadLetter.of(record);
          if (filter.test(letter)) {
            newest.add(letter);
            byReason.merge(letter.reason(), 1L, Long::sum);
          }
        });
    return new LetterList(
        newest.list().stream().sorted(DeadLetter.OLDEST_FIRST).toList(), byReason);
  }

  /** All that matched. */
  public long matched() {
    return byReason.values().stream().mapToLong(Long::longValue).sum();
  }
}
