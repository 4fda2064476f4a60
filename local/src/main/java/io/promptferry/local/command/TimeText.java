package io.promptferry.local.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A point in time as a person writes it.
 *
 * @param from gives the point when told what time it is
 */
record TimeText(UnaryOperator<Instant> from) {

  /** What is understood, for help texts and complaints. */
  static final String FORMS =
      "a time (2026-01-31T12:00:00Z; UTC where it names no zone), a date (its first moment, UTC)"
          + " or an age (90s, 30m, 2h, 7d)";

  private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([smhd])");

  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  /** Reads an option. */
  static final class Converter implements ITypeConverter<TimeText> {
    @Override
    public TimeText convert(String text) {
      try {
        return parse(text);
      } catch (DateTimeException e) {
        throw new TypeConversionException("'" + text + "' is not " + FORMS);
      }
    }
  }

  private static TimeText parse(String text) {
    Matcher age = AGE.matcher(text);
    if (age.matches()) {
      ChronoUnit unit = Objects.requireNonNull(UNITS.get(age.group(2)));
      Duration duration = Duration.of(Long.parseLong(age.group(1)), unit);
      return new TimeText(now -> now.minus(duration));
    }
    Instant time = time(text);
    return new TimeText(now -> time);
  }

  private static Instant time(String text) {
    if (!text.contains("T")) {
      return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    return text.matches(".*T.*(Z|[+-][0-9:]+)")
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }
}
