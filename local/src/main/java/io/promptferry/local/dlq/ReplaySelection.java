package io.promptferry.local.dlq;

import static io.promptferry.local.dlq.ReplayPlan.LeftOut.INCOMPLETE;
import static io.promptferry.local.dlq.ReplayPlan.LeftOut.NO_ORIGIN;
import static io.promptferry.local.dlq.ReplayPlan.LeftOut.OFTEN_REPLAYED;

import io.promptferry.local.dlq.ReplayPlan.LeftOut;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Chooses what a replay sends: the oldest that match, up to a limit. It ends between two
 * milliseconds, so that {@code since} can name where the next one begins.
 */
final class ReplaySelection {

  private final LetterFilter filter;
  private final int maxReplays;
  private final int limit;
  private final Foremost<DeadLetter> oldest;
  private long matched;
  private Instant newest = Instant.MIN;

  /**
   * @param limit at most so many are sent
   */
  ReplaySelection(LetterFilter filter, int maxReplays, int limit) {
    this.filter = filter;
    this.maxReplays = maxReplays;
    this.limit = limit;
    // One more, to know the time that is not reached.
    this.oldest = new Foremost<>(limit + 1, DeadLetter.OLDEST_FIRST);
  }

  void add(DeadLetter letter) {
    if (filter.test(letter)) {
      matched++;
      newest = letter.rejectedAt().isAfter(newest) ? letter.rejectedAt() : newest;
      oldest.add(letter);
    }
  }

  /**
   * What was chosen.
   *
   * @param obstacle what else there is against sending a letter
   * @throws TooManyAtOnceException when the oldest alone are more than the limit
   */
  ReplayPlan plan(Function<DeadLetter, Optional<LeftOut>> obstacle) throws TooManyAtOnceException {
    List<DeadLetter> reached = oldest.list();
    Optional<Instant> next = matched == 0 ? Optional.empty() : Optional.of(newest.plusMillis(1));
    if (matched > limit) {
      Instant end = reached.get(limit).rejectedAt();
      reached = reached.stream().filter(l -> l.rejectedAt().isBefore(end)).toList();
      next = Optional.of(end);
      if (reached.isEmpty()) {
        throw new TooManyAtOnceException(limit, end);
      }
    }
    Map<LeftOut, Long> leftOut = new EnumMap<>(LeftOut.class);
    List<DeadLetter> sent =
        reached.stream()
            .filter(
                letter -> {
                  Optional<LeftOut> why = own(letter).or(() -> obstacle.apply(letter));
                  why.ifPresent(found -> leftOut.merge(found, 1L, Long::sum));
                  return why.isEmpty();
                })
            .toList();
    return new ReplayPlan(sent, leftOut, matched - reached.size(), next);
  }

  private Optional<LeftOut> own(DeadLetter letter) {
    if (!letter.knowsItsPrompt()) {
      return Optional.of(NO_ORIGIN);
    }
    if (letter.incomplete()) {
      return Optional.of(INCOMPLETE);
    }
    return letter.replays() >= maxReplays ? Optional.of(OFTEN_REPLAYED) : Optional.empty();
  }
}
