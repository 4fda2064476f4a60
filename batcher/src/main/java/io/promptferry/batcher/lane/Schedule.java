package io.promptferry.batcher.lane;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * When batches may be closed. Without a cron expression: always. With one, in windows that open by
 * it and stay open for a while; or, with a width of zero, all at once at the moments it names.
 *
 * <p>Where the clocks are changed, a time of day that is skipped counts as the moment of the
 * change, and one that comes twice counts the first time only: every day has one night.
 */
public final class Schedule {

  public static final String CRON = "batch.schedule.cron";
  public static final String WIDTH = "batch.schedule.open.ms";
  public static final String ZONE = "batch.schedule.zone";

  /** Batches may be closed at any time. */
  public static final Schedule ALWAYS = new Schedule(null, Duration.ZERO);

  private final @Nullable Openings openings;
  private final Duration width;

  private Schedule(@Nullable Openings openings, Duration width) {
    this.openings = openings;
    this.width = width;
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            CRON,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.LambdaValidator.with(
                (key, value) -> checkCron(key, value.toString()),
                () -> "five fields of cron, or empty"),
            ConfigDef.Importance.MEDIUM,
            "When the windows open in which batches are closed: minute, hour, day of month, month, day of week, for"
                + " example 0 2 * * *. Prompts that come outside of a window wait for the next one, unless their"
                + " deadline comes first; so do those that are tried again, unless lane.overrides has an empty"
                + " expression for their kind. Empty: batches are closed at any time.")
        .define(
            WIDTH,
            ConfigDef.Type.LONG,
            0L,
            ConfigDef.LambdaValidator.with(
                (key, value) -> checkWidth(key, (Long) value),
                () -> "0, or from a minute to a week"),
            ConfigDef.Importance.MEDIUM,
            "How long a window of batch.schedule.cron stays open, a minute at least. Within it batches are closed as"
                + " usual, at its end whatever they hold. 0: what has waited is closed at the moment that the window"
                + " opens.")
        .define(
            ZONE,
            ConfigDef.Type.STRING,
            "UTC",
            ConfigDef.LambdaValidator.with(
                (key, value) -> zone(key, value.toString()),
                () -> "a time zone such as Asia/Tokyo"),
            ConfigDef.Importance.MEDIUM,
            "The time zone of batch.schedule.cron, for example Asia/Tokyo. Where the clocks change, a time that is"
                + " skipped counts as the moment of the change, and one that comes twice counts once.");
  }

  public static Schedule from(AbstractConfig config) {
    String cron = config.getString(CRON);
    if (cron.isBlank()) {
      return ALWAYS;
    }
    return new Schedule(
        Openings.of(cron, zone(ZONE, config.getString(ZONE))),
        Duration.ofMillis(config.getLong(WIDTH)));
  }

  /**
   * Whether a slice may go into a batch. With a width of zero it may once a moment has come since
   * it came itself, however long ago that moment is: so none is missed that passes while the
   * service is down. A window that has passed is missed.
   *
   * @param since when it came
   */
  public Admission admit(Instant since, Instant now) {
    if (openings == null) {
      return new Admission.Now(null);
    }
    // The first window that is still open, or the first that will be; where windows overlap, the
    // first to open is the first to end.
    Instant opens =
        openings.after(width.isZero() && since.isBefore(now) ? since : now.minus(width));
    return opens.isAfter(now) ? new Admission.Later(opens) : new Admission.Now(opens.plus(width));
  }

  /**
   * The longest that a prompt which comes from now on can wait for a window to open. Windows that
   * open less than an hour apart count as an hour apart.
   */
  public Duration longestWait(Instant now) {
    if (openings == null) {
      return Duration.ZERO;
    }
    Duration shut = openings.longestGap(now).minus(width);
    return shut.isNegative() ? Duration.ZERO : shut;
  }

  private static void checkCron(String key, String cron) {
    if (cron.isBlank()) {
      return;
    }
    try {
      if (Openings.of(cron, ZoneOffset.UTC).exist()) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s is '%s': %s; write minute, hour, day of month, month and day of week, for example 0 2 * * *"
              .formatted(key, cron, e.getMessage()));
    }
    throw new ConfigException(
        "%s is '%s', which names no day that ever comes".formatted(key, cron));
  }

  /** A shorter window could open and end between two looks at the clock. */
  private static void checkWidth(String key, long millis) {
    if (millis != 0 && (millis < 60_000 || millis > Duration.ofDays(7).toMillis())) {
      throw new ConfigException(
          "%s is %d: write 0, or from 60000 (a minute) to 604800000 (a week)"
              .formatted(key, millis));
    }
  }

  private static ZoneId zone(String key, String zone) {
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new ConfigException(
          "%s is '%s', which is no time zone: write one such as UTC or Asia/Tokyo"
              .formatted(key, zone));
    }
  }
}
