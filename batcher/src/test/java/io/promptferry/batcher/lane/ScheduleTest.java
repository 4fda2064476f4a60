package io.promptferry.batcher.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  private static final Duration EIGHT_HOURS = Duration.ofHours(8);

  private static Schedule schedule(String cron, Duration width, String zone) {
    return Schedule.from(
        new AbstractConfig(
            Schedule.define(new ConfigDef()),
            Map.of(
                "batch.schedule.cron", cron,
                "batch.schedule.open.ms", String.valueOf(width.toMillis()),
                "batch.schedule.zone", zone)));
  }

  private static Schedule nightly(String cron, String zone) {
    return schedule(cron, Duration.ZERO, zone);
  }

  private static Instant at(String instant) {
    return Instant.parse(instant);
  }

  private static Admission.Later later(String until) {
    return new Admission.Later(at(until));
  }

  private static Admission.Now now(String closesAt) {
    return new Admission.Now(at(closesAt));
  }

  /** What a slice that comes now is told. */
  private static Admission admit(Schedule schedule, String now) {
    return schedule.admit(at(now), at(now));
  }

  /** The next moments of a schedule, as a slice that waits for one after the other meets them. */
  private static List<Instant> moments(Schedule schedule, String from, int count) {
    var moments = new ArrayList<Instant>();
    Instant now = at(from);
    for (int i = 0; i < count; i++) {
      now = ((Admission.Later) schedule.admit(now, now)).until();
      moments.add(now);
    }
    return moments;
  }

  @Test
  void withoutCronAnyTimeWillDoAndNothingCloses() {
    Schedule always = Schedule.from(new AbstractConfig(Schedule.define(new ConfigDef()), Map.of()));
    assertThat(admit(always, "2026-05-01T12:34:56Z")).isEqualTo(new Admission.Now(null));
    assertThat(admit(Schedule.ALWAYS, "2026-05-01T12:34:56Z")).isEqualTo(new Admission.Now(null));
  }

  @Test
  void whatComesBeforeANightlyMomentWaitsForItAndGoesThen() {
    Schedule tokyo = nightly("0 2 * * *", "Asia/Tokyo");
    assertThat(admit(tokyo, "2026-05-01T12:00:00Z")).isEqualTo(later("2026-05-01T17:00:00Z"));
    Instant came = at("2026-05-01T12:00:00Z");
    assertThat(tokyo.admit(came, at("2026-05-01T16:59:59.999Z")))
        .isEqualTo(later("2026-05-01T17:00:00Z"));
    assertThat(tokyo.admit(came, at("2026-05-01T17:00:00Z")))
        .isEqualTo(now("2026-05-01T17:00:00Z"));
  }

  @Test
  void whatComesAtTheMomentOrAfterItWaitsForTheNext() {
    Schedule tokyo = nightly("0 2 * * *", "Asia/Tokyo");
    assertThat(admit(tokyo, "2026-05-01T17:00:00Z")).isEqualTo(later("2026-05-02T17:00:00Z"));
    assertThat(admit(tokyo, "2026-05-01T17:00:00.001Z")).isEqualTo(later("2026-05-02T17:00:00Z"));
  }

  @Test
  void aMomentThatPassedUnseenStillCounts() {
    Schedule tokyo = nightly("0 2 * * *", "Asia/Tokyo");
    assertThat(tokyo.admit(at("2026-05-01T16:59:59.999Z"), at("2026-05-09T12:00:00Z")))
        .isEqualTo(now("2026-05-01T17:00:00Z"));
  }

  @Test
  void aWindowAcrossMidnightIsOpenFromItsFirstMomentToBeforeItsLast() {
    Schedule window = schedule("30 16 * * *", EIGHT_HOURS, "UTC");
    assertThat(admit(window, "2026-05-01T16:29:59.999Z")).isEqualTo(later("2026-05-01T16:30:00Z"));
    assertThat(admit(window, "2026-05-01T16:30:00Z")).isEqualTo(now("2026-05-02T00:30:00Z"));
    assertThat(admit(window, "2026-05-02T00:29:59.999Z")).isEqualTo(now("2026-05-02T00:30:00Z"));
    assertThat(admit(window, "2026-05-02T00:30:00Z")).isEqualTo(later("2026-05-02T16:30:00Z"));
  }

  @Test
  void aWindowThatWasMissedIsMissed() {
    Schedule window = schedule("30 16 * * *", EIGHT_HOURS, "UTC");
    assertThat(window.admit(at("2026-05-01T12:00:00Z"), at("2026-05-02T00:30:00Z")))
        .isEqualTo(later("2026-05-02T16:30:00Z"));
  }

  @Test
  void windowsThatOverlapAreNeverShutAndEachEndsInItsTurn() {
    Schedule hourly = schedule("0 * * * *", Duration.ofHours(2), "UTC");
    assertThat(admit(hourly, "2026-05-01T10:30:00Z")).isEqualTo(now("2026-05-01T11:00:00Z"));
    assertThat(admit(hourly, "2026-05-01T11:00:00Z")).isEqualTo(now("2026-05-01T12:00:00Z"));
  }

  @Test
  void weekendsMayBeLeftOut() {
    Schedule weekdays = nightly("0 2 * * MON-FRI", "UTC");
    assertThat(moments(weekdays, "2026-05-01T00:00:00Z", 3)) // a Friday
        .containsExactly(
            at("2026-05-01T02:00:00Z"), at("2026-05-04T02:00:00Z"), at("2026-05-05T02:00:00Z"));
  }

  /** On 29 March 2026 it was never 02:30 in Berlin: 01:59:59 is followed by 03:00:00. */
  @Test
  void inSpringAMomentThatIsSkippedComesWithTheChange() {
    assertThat(moments(nightly("30 2 * * *", "Europe/Berlin"), "2026-03-27T12:00:00Z", 3))
        .containsExactly(
            at("2026-03-28T01:30:00Z"), at("2026-03-29T01:00:00Z"), at("2026-03-30T00:30:00Z"));
    assertThat(moments(nightly("30 2 * * *", "Europe/Berlin"), "2026-03-29T01:00:00Z", 1))
        .containsExactly(at("2026-03-30T00:30:00Z"));
  }

  /** On 25 October 2026 it is 02:30 twice in Berlin. */
  @ParameterizedTest
  @CsvSource({
    "2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z",
    "2026-10-25T00:29:59.999Z, 2026-10-25T00:30:00Z",
    "2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
    "2026-10-25T01:00:00Z, 2026-10-26T01:30:00Z", // 02:00 once more
    "2026-10-25T01:29:59Z, 2026-10-26T01:30:00Z",
    "2026-10-25T01:30:00Z, 2026-10-26T01:30:00Z",
  })
  void inAutumnAMomentThatComesTwiceCountsOnce(String now, String next) {
    assertThat(admit(nightly("30 2 * * *", "Europe/Berlin"), now)).isEqualTo(later(next));
  }

  @Test
  void windowsKeepTheirLengthWhenTheClocksChange() {
    Schedule window = schedule("0 22 * * *", EIGHT_HOURS, "Europe/Berlin");
    assertThat(admit(window, "2026-03-28T23:00:00Z")).isEqualTo(now("2026-03-29T05:00:00Z"));
    assertThat(admit(window, "2026-10-24T23:00:00Z")).isEqualTo(now("2026-10-25T04:00:00Z"));
  }

  /** Whatever the zone does: waiting ends, moments ascend, and each is one that admits. */
  @ParameterizedTest
  @ValueSource(strings = {"Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Havana"})
  void whoWaitsUntilTheMomentIsAdmittedAtIt(String zone) {
    for (String cron : List.of("30 2 * * *", "0 0 * * *", "*/20 * * * *", "45 1 * * SUN")) {
      Schedule schedule = nightly(cron, zone);
      for (Instant now : moments(schedule, "2026-03-01T00:00:00Z", 500)) {
        assertThat(schedule.admit(now.minusMillis(1), now))
            .as("%s %s %s", cron, zone, now)
            .isEqualTo(new Admission.Now(now));
      }
      assertThat(moments(schedule, "2026-03-01T00:00:00Z", 500)).doesNotHaveDuplicates().isSorted();
    }
  }

  /** Zones that change their clocks at midnight, by half an hour, and on other days than others. */
  @ParameterizedTest
  @ValueSource(strings = {"Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Havana"})
  void everyDayHasItsNight(String zone) {
    for (String cron : List.of("30 2 * * *", "0 0 * * *", "30 0 * * *", "45 1 * * *")) {
      List<LocalDate> days =
          moments(nightly(cron, zone), "2026-01-01T12:00:00Z", 400).stream()
              .map(moment -> LocalDate.ofInstant(moment, ZoneId.of(zone)))
              .toList();
      assertThat(days)
          .as("%s %s", cron, zone)
          .isEqualTo(days.get(0).datesUntil(days.get(0).plusDays(400)).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 2 * *", "0 2 * * * *", "60 2 * * *", "every night", "@daily"})
  void whatIsNotCronIsRefusedWithAnExample(String cron) {
    assertThatThrownBy(() -> nightly(cron, "UTC"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch.schedule.cron")
        .hasMessageContaining(cron)
        .hasMessageContaining("0 2 * * *");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 2 30 2 *", "0 0 31 4,6 *"})
  void aDayThatNeverComesIsRefused(String cron) {
    assertThatThrownBy(() -> nightly(cron, "UTC"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch.schedule.cron")
        .hasMessageContaining("no day that ever comes");
  }

  @Test
  void theLeapDayComes() {
    assertThat(admit(nightly("0 2 29 2 *", "UTC"), "2026-05-01T00:00:00Z"))
        .isEqualTo(later("2028-02-29T02:00:00Z"));
  }

  private static Duration longestWait(String cron, Duration width, String zone, String now) {
    return schedule(cron, width, zone).longestWait(at(now));
  }

  /** The last of Friday is 17:59, the first of Monday 09:00. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void theWeekendIsSeenFromEachDayHoweverManyOpeningsADayHas(int day) {
    for (String time : List.of("T00:00:00Z", "T08:59:59.999Z", "T12:34:56Z", "T17:59:00Z")) {
      assertThat(longestWait("* 9-17 * * MON-FRI", Duration.ZERO, "UTC", "2026-06-0" + day + time))
          .as("from %s", time)
          .isEqualTo(Duration.ofHours(63).plusMinutes(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0 2 * * *, PT0S, Asia/Tokyo, PT24H",
    "0 2 * * *, PT0S, Europe/Berlin, PT25H", // the night that the clocks are put back
    "30 16 * * *, PT8H, UTC, PT16H",
    "30 16 * * *, PT24H, UTC, PT0S",
    "0 16 * * MON-FRI, PT8H, UTC, PT64H",
    "0 2 * * SUN, PT0S, UTC, P7D",
    "0 2 * * SUN, P7D, UTC, PT0S",
    "0 0 31 * *, PT0S, UTC, P61D",
    "0 2 29 2 *, PT0S, UTC, P2921D", // 2100 is no leap year
    "'0 0,1,5 * * *', PT0S, UTC, PT19H",
    "* * * * *, PT0S, UTC, PT1H", // not told apart from an hour
    "*/30 * * * *, PT20M, UTC, PT40M",
    "0 * * * *, PT2H, UTC, PT0S",
  })
  void theLongestWaitIsThatOfWhatComesWhenAWindowHasJustShut(
      String cron, Duration width, String zone, Duration longest) {
    for (String now : List.of("2026-05-01T00:00:00Z", "2026-05-01T16:30:00Z")) {
      assertThat(longestWait(cron, width, zone, now)).as("from %s", now).isEqualTo(longest);
    }
  }

  @Test
  void withoutAScheduleNothingWaits() {
    assertThat(Schedule.ALWAYS.longestWait(at("2026-05-01T00:00:00Z"))).isZero();
  }

  /** Against one opening after the other. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0-3,7,12-23/2 * * *",
        "*/20 3,4 * * SAT",
        "15 1-9/2 1-10/3 2,6 *",
        "*/10 0-12 1-20 * *",
        "0 2 13 * FRI"
      })
  void isTheLongestOfAllGaps(String cron) {
    for (String zone : List.of("UTC", "Europe/Berlin", "Australia/Lord_Howe")) {
      Schedule schedule = nightly(cron, zone);
      Instant last = ((Admission.Later) admit(schedule, "2025-12-01T00:00:00Z")).until();
      Instant now = at("2026-01-05T00:00:00Z");
      Duration longest = Duration.ofHours(1);
      for (Instant next = last; last.isBefore(now.plus(Duration.ofDays(400))); last = next) {
        next = ((Admission.Later) schedule.admit(last, last)).until();
        Duration gap = Duration.between(last, next);
        longest = next.isAfter(now) && gap.compareTo(longest) > 0 ? gap : longest;
      }
      assertThat(schedule.longestWait(now)).as(zone).isEqualTo(longest);
    }
  }

  @Test
  void aZoneThatIsNoneIsRefused() {
    assertThatThrownBy(() -> nightly("0 2 * * *", "Asia/Tokio"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch.schedule.zone")
        .hasMessageContaining("Asia/Tokio");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1", "59999", "604800001"})
  void aWindowIsNoShorterThanAMinuteAndNoLongerThanAWeek(String millis) {
    assertThatThrownBy(
            () -> schedule("0 2 * * *", Duration.ofMillis(Long.parseLong(millis)), "UTC"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch.schedule.open.ms");
  }

  @Test
  void aMinuteOrAWeekIsAWindow() {
    assertThat(admit(schedule("0 2 * * *", Duration.ofMinutes(1), "UTC"), "2026-05-01T02:00:59Z"))
        .isEqualTo(now("2026-05-01T02:01:00Z"));
    assertThat(admit(schedule("0 2 * * SUN", Duration.ofDays(7), "UTC"), "2026-05-06T00:00:00Z"))
        .isEqualTo(now("2026-05-10T02:00:00Z"));
  }
}
