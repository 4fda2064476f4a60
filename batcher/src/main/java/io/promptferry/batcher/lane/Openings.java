package io.promptferry.batcher.lane;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The moments that a cron expression of five fields names in a time zone.
 *
 * <p>They are looked for on a calendar without daylight saving time and put into the zone
 * afterwards: on the zone's own calendar cron-utils leaves out the night in which the time of day
 * is skipped.
 */
final class Openings {

  /** Gaps up to this are not told apart: a year of openings every minute is 500,000 of them. */
  private static final Duration SHORTEST_GAP = Duration.ofHours(1);

  /** Longer than any year, so that the longest gap of one is seen from each of its days. */
  private static final Duration WALK = Duration.ofDays(400);

  /** Where openings are rare, enough to see the longest gap: all months of 33 years. */
  private static final int STEPS = 400;

  /**
   * What was found last: of all moments from one to the other, the second excluded, the next
   * opening is the second.
   */
  private record Found(Instant from, Instant opening) {

    boolean holds(Instant moment) {
      return !moment.isBefore(from) && moment.isBefore(opening);
    }
  }

  private final ExecutionTime times;
  private final ZoneId zone;

  /** For the sake of those who ask for every prompt: cron-utils takes tens of microseconds. */
  private volatile @Nullable Found found;

  private Openings(ExecutionTime times, ZoneId zone) {
    this.times = times;
    this.zone = zone;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Openings of(String cron, ZoneId zone) {
    var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    return new Openings(ExecutionTime.forCron(parser.parse(cron)), zone);
  }

  /** Whether there are any. */
  boolean exist() {
    // From a fixed day: whether a date ever comes does not depend on today.
    return times
        .nextExecution(ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC))
        .isPresent();
  }

  /** The first after a moment. */
  Instant after(Instant moment) {
    Found last = found;
    if (last == null || !last.holds(moment)) {
      last = new Found(moment, find(moment));
      found = last;
    }
    return last.opening();
  }

  private Instant find(Instant moment) {
    LocalDateTime local = LocalDateTime.ofInstant(moment, zone);
    Instant opening;
    do {
      local =
          times
              .nextExecution(local.atZone(ZoneOffset.UTC))
              .orElseThrow(
                  () -> new IllegalStateException(Schedule.CRON + " names nothing after " + moment))
              .toLocalDateTime();
      opening = instant(local);
      // No later than asked for when the clock has been put back since: again, an hour at most.
    } while (!opening.isAfter(moment));
    return opening;
  }

  /**
   * The longest time from one to the next, an hour at least, over 400 days and 400 openings.
   *
   * @param now where to begin
   */
  Duration longestGap(Instant now) {
    Duration longest = SHORTEST_GAP;
    Instant end = now.plus(WALK);
    Instant last = upTo(now).orElse(now);
    for (int i = 0; i < STEPS || last.isBefore(end); i++) {
      // No gap on the way there is longer than the whole stretch, so all are passed over at once.
      Optional<Instant> leap = upTo(last.plus(longest)).filter(last::isBefore);
      Instant next = leap.isPresent() ? leap.get() : after(last);
      Duration gap = Duration.between(last, next);
      longest = gap.compareTo(longest) > 0 ? gap : longest;
      last = next;
    }
    return longest;
  }

  /** The last up to a moment; in the hour after the clock has been put back an earlier one. */
  private Optional<Instant> upTo(Instant moment) {
    LocalDateTime after = LocalDateTime.ofInstant(moment, zone).plusNanos(1);
    return times
        .lastExecution(after.atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime)
        .map(this::instant)
        .filter(opening -> !opening.isAfter(moment));
  }

  private Instant instant(LocalDateTime local) {
    ZoneOffsetTransition change = zone.getRules().getTransition(local);
    return change != null && change.isGap()
        ? change.getInstant()
        : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }
}
