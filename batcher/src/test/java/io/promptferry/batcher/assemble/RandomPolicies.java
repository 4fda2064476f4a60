package io.promptferry.batcher.assemble;

import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.schemas.Lanes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lanes with random limits, some with an hourly moment or an hourly window; of some the prompts
 * that are sent again have limits of their own.
 */
final class RandomPolicies {

  /**
   * When a lane may go, told again in plain arithmetic.
   *
   * @param minute of every hour
   * @param width zero: a moment
   */
  record Hourly(int minute, Duration width) {

    boolean isMoment() {
      return width.isZero();
    }

    /** The last opening no later than a moment. */
    Instant openedBy(Instant time) {
      Instant opening = time.truncatedTo(ChronoUnit.HOURS).plus(minute, ChronoUnit.MINUTES);
      return opening.isAfter(time) ? opening.minus(1, ChronoUnit.HOURS) : opening;
    }

    boolean isOpen(Instant time) {
      return time.isBefore(openedBy(time).plus(width));
    }

    /** The first opening after a moment. */
    Instant next(Instant time) {
      return openedBy(time).plus(1, ChronoUnit.HOURS);
    }
  }

  /** For first attempts. */
  final List<Lane> lanes = new ArrayList<>();

  final LanePolicies policies;
  private final Map<Lane, Hourly> schedules = new HashMap<>();

  RandomPolicies(Random random) {
    var overrides = new ArrayList<String>();
    for (int i = 0; i < 4; i++) {
      Lane lane = new Lane("flash", "default", LaneKind.NORMAL, Map.of("tenant", "t" + i));
      var kinds = new ArrayList<>(List.of(LaneKind.values()));
      for (LaneKind kind : List.of(LaneKind.RETRY, LaneKind.ISOLATION)) {
        if (random.nextBoolean()) {
          var values = limits(random);
          values.put("kind", kind.name());
          values.put("tenant", "t" + i);
          overrides.add(json(values));
          kinds.remove(kind);
        }
      }
      var values = limits(random);
      if (i % 2 == 0 && random.nextInt(4) > 0) {
        var hourly =
            new Hourly(
                random.nextInt(60),
                random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(1 + random.nextInt(40)));
        kinds.forEach(kind -> schedules.put(ofKind(lane, kind), hourly));
        values.put("batch.schedule.cron", hourly.minute() + " * * * *");
        values.put("batch.schedule.open.ms", "" + hourly.width().toMillis());
      }
      values.put("tenant", "t" + i);
      lanes.add(lane);
      overrides.add(json(values));
    }
    lanes.add(Slices.PRO);
    Map<String, String> usual = limits(random);
    usual.put("lane.overrides", overrides.toString());
    this.policies = Policies.from(usual);
  }

  /** The lane of prompts that are sent again. */
  static Lane ofKind(Lane lane, LaneKind kind) {
    return new Lane(lane.getModel(), lane.getAccount(), kind, lane.getLabels());
  }

  /** When the lane may go; null where always. */
  @Nullable Hourly schedule(Lane lane) {
    var labels = new HashMap<>(lane.getLabels());
    labels.remove(Lanes.PART);
    return schedules.get(new Lane(lane.getModel(), lane.getAccount(), lane.getKind(), labels));
  }

  /** The lowest of a limit for the lane's prompts, whenever they are sent. */
  int least(Lane lane, ToLongFunction<BatchLimits> limit) {
    return (int)
        Stream.of(LaneKind.values())
            .map(kind -> policies.of(ofKind(lane, kind)).limits())
            .mapToLong(limit)
            .min()
            .orElseThrow();
  }

  private static Map<String, String> limits(Random random) {
    var values = new LinkedHashMap<String, String>();
    values.put("batch.max.requests", "" + (1 + random.nextInt(200)));
    values.put("batch.max.bytes", "" + (2_000 + random.nextInt(10_000)));
    values.put("batch.max.tokens", "" + (100 + random.nextInt(1_000)));
    values.put(
        "batch.max.span.bytes",
        "" + (random.nextInt(4) == 0 ? 1_024 : 1_024 * random.nextInt(8, 99)));
    values.put("batch.linger.ms", "" + (1_000L + random.nextInt(600_000)));
    values.put("batch.deadline.margin.ms", "" + 60_000L * random.nextInt(60));
    return values;
  }

  private static String json(Map<String, String> values) {
    var fields = new ArrayList<String>();
    values.forEach((key, value) -> fields.add("\"%s\":\"%s\"".formatted(key, value)));
    return "{" + String.join(",", fields) + "}";
  }
}
