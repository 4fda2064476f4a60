package io.promptferry.batcher.lane;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * When batches may be closed. Without a cron expression: always. With one, in windows that open by
 * it and stay open for a while; or, with a width of zero, all at once at the moments it names.
 */
public final class Schedule {

  public static final String CRON = "batch.schedule.cron";
  public static final String WIDTH = "batch.schedule.open.ms";
  public static final String ZONE = "batch.schedule.zone";

  /** Batches may be closed at any time. */
  public static final Schedule ALWAYS = new Schedule(null, Duration.ZERO, ZoneId.of("UTC"));

  private final @Nullable ExecutionTime openings;
  private final Duration width;
  private final ZoneId zone;

  private Schedule(@Nullable ExecutionTime openings, Duration width, ZoneId zone) {
    this.openings = openings;
    this.width = width;
    this.zone = zone;
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
                + " deadline comes first. Empty: batches are closed at any time.")
        .define(
            WIDTH,
            ConfigDef.Type.LONG,
            0L,
            ConfigDef.Range.between(0, Duration.ofDays(7).toMillis()),
            ConfigDef.Importance.MEDIUM,
            "How long a window of batch.schedule.cron stays open. Within it batches are closed as usual, at its end"
                + " whatever they hold. 0: what has waited is closed at the moment that the window opens.")
        .define(
            ZONE,
            ConfigDef.Type.STRING,
            "UTC",
            ConfigDef.LambdaValidator.with(
                (key, value) -> zone(key, value.toString()),
                () -> "a time zone such as Asia/Tokyo"),
            ConfigDef.Importance.MEDIUM,
            "The time zone of batch.schedule.cron, for example Asia/Tokyo. Daylight saving time is heeded.");
  }

  public static Schedule from(AbstractConfig config) {
    String cron = config.getString(CRON);
    if (cron.isBlank()) {
      return ALWAYS;
    }
    return new Schedule(
        ExecutionTime.forCron(parse(cron)),
        Duration.ofMillis(config.getLong(WIDTH)),
        zone(ZONE, config.getString(ZONE)));
  }

  /** Whether batches may be closed at any time. */
  public boolean always() {
    return openings == null;
  }

  /**
   * Whether a slice may go into a batch.
   *
   * @param since when it came; a moment that has passed since then counts, so that none is missed
   *     that comes while the service is down
   * @return when its batch must be closed at the latest ({@link Instant#MAX} where there are no
   *     windows); empty: it must wait until {@link #next}
   */
  public Optional<Instant> closing(Instant since, Instant now) {
    if (openings == null) {
      return Optional.of(Instant.MAX);
    }
    return openings
        .lastExecution(at(now.plusNanos(1)))
        .map(ZonedDateTime::toInstant)
        .filter(opened -> width.isZero() ? opened.isAfter(since) : now.isBefore(opened.plus(width)))
        .map(opened -> opened.plus(width));
  }

  /**
   * When the next window opens.
   *
   * @throws IllegalStateException when none ever does: there are no windows, or the expression
   *     names only days that never come
   */
  public Instant next(Instant now) {
    return Optional.ofNullable(openings)
        .flatMap(times -> times.nextExecution(at(now)))
        .orElseThrow(() -> new IllegalStateException(CRON + " opens no window after " + now))
        .toInstant();
  }

  private ZonedDateTime at(Instant time) {
    return time.atZone(zone);
  }

  private static Cron parse(String cron) {
    return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(cron);
  }

  private static void checkCron(String key, String cron) {
    if (cron.isBlank()) {
      return;
    }
    try {
      // From a fixed day: whether a date ever comes does not depend on today.
      ZonedDateTime from = ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneId.of("UTC"));
      if (ExecutionTime.forCron(parse(cron)).nextExecution(from).isPresent()) {
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
