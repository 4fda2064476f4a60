package io.promptferry.batcher.lane;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.runtime.metrics.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the lane that a prompt rides in, and bounds how many are open at a time. A lane is open for
 * {@code batch.linger.ms} after its last prompt, or after the window that this waits for. For one
 * thread.
 *
 * <p>Past the bound, and where a value is no label, a prompt rides in the lane of its model without
 * labels, with whatever else is there: it is never refused for its labels, so labels are no
 * guarantee that prompts are kept apart. Only for one model too many there is no lane.
 */
public final class LaneFinder {

  public static final String BY = "lane.by";
  public static final String MAX_OPEN = "lane.open.max";

  private static final Logger LOG = LoggerFactory.getLogger(LaneFinder.class);
  private static final Duration WARN_AGAIN = Duration.ofMinutes(1);

  private static final Metric OVERFLOWS =
      Metric.counter(
          "promptferry.lane.overflows",
          "Prompts that ride with those that have no labels, since lane.open.max lanes are open or"
              + " their value is no label");

  private static final Metric OPEN =
      Metric.gauge(
          "promptferry.lanes.open",
          "Lanes with labels of lane.by that had a prompt within batch.linger.ms, or have one that"
              + " waits for the lane's window");

  private final LaneLabels labels;
  private final LaneAccounts accounts;
  private final LanePolicies policies;
  private final int max;
  private final OpenLanes labelled;
  private final OpenLanes plain;
  private final Counter overflow;
  private final AtomicInteger open = new AtomicInteger();
  private Instant quietUntil = Instant.MIN;

  private LaneFinder(
      LaneLabels labels,
      LaneAccounts accounts,
      int max,
      LanePolicies policies,
      MeterRegistry registry) {
    this.labels = labels;
    this.accounts = accounts;
    this.policies = policies;
    this.max = max;
    this.labelled = new OpenLanes(max);
    this.plain = new OpenLanes(max);
    this.overflow = OVERFLOWS.counterIn(registry);
    OPEN.gaugeIn(registry, open, AtomicInteger::get);
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return LaneAccounts.define(def)
        .define(
            BY,
            ConfigDef.Type.LIST,
            "",
            ConfigDef.LambdaValidator.with(
                (key, value) -> parse((List<?>) value), () -> "header:NAME or attribute:NAME"),
            ConfigDef.Importance.MEDIUM,
            "What keeps prompts in separate batches besides their model: header:NAME and attribute:NAME, separated by"
                + " commas, for example header:tenant. Of several with one NAME the first counts that the prompt has."
                + " A value is UTF-8 of at most 100 characters; a prompt with another value rides with those that have"
                + " none. No guarantee of separation: see lane.open.max.")
        .define(
            MAX_OPEN,
            ConfigDef.Type.INT,
            1_000,
            ConfigDef.Range.between(1, 100_000),
            ConfigDef.Importance.MEDIUM,
            "How many lanes with labels of lane.by an instance keeps open at a time; each is open for batch.linger.ms"
                + " after its last prompt, or after the opening of the window of batch.schedule.cron that this waits"
                + " for. Lanes from before a restart do not count. Prompts of further ones ride with those that have no labels. As many models"
                + " may be in use, each counted once for each account; a prompt for one more is answered FAILED with"
                + " reason TOO_MANY_LANES.");
  }

  /**
   * A finder with no lane open.
   *
   * @param registry one that no finder counts in yet
   * @throws ConfigException when lane.overrides or lane.accounts names a label that no prompt can
   *     have
   */
  public static LaneFinder from(
      AbstractConfig config, LanePolicies policies, MeterRegistry registry) {
    LaneLabels labels = parse(config.getList(BY));
    LaneAccounts accounts = LaneAccounts.from(config);
    check(LanePolicies.OVERRIDES, policies.labels(), labels);
    check(LaneAccounts.KEY, accounts.labels(), labels);
    return new LaneFinder(labels, accounts, config.getInt(MAX_OPEN), policies, registry);
  }

  private static void check(String key, Set<String> named, LaneLabels labels) {
    named.stream()
        .filter(name -> !labels.names().contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new ConfigException(
                  "%s names %s, which is neither model, account or kind nor in %s"
                      .formatted(key, name, BY));
            });
  }

  private static LaneLabels parse(List<?> items) {
    return LaneLabels.parse(BY, items.stream().map(Object::toString).toList());
  }

  /**
   * The lane of a prompt that is sent for the first time.
   *
   * @param model without {@code models/}
   * @return nothing when as many models as may be are in use, and this is another
   */
  public Optional<Lane> find(
      String model, Headers headers, Map<String, String> attributes, Instant now) {
    Optional<Map<String, String>> found = labels.of(headers, attributes);
    Lane labelledLane = accounts.assign(lane(model, found.orElse(Map.of())));
    // Whatever it rides with, the account that pays is its own.
    Lane shared = new Lane(model, labelledLane.getAccount(), LaneKind.NORMAL, Map.of());
    if (!admit(plain, shared, now)) {
      return Optional.empty();
    }
    Lane own = found.isPresent() ? labelledLane : null;
    boolean fits = own != null && (own.getLabels().isEmpty() || admit(labelled, own, now));
    open.set(labelled.size());
    if (own != null && fits) {
      return Optional.of(own);
    }
    overflow.increment();
    warn(own == null, now);
    return Optional.of(shared);
  }

  private boolean admit(OpenLanes lanes, Lane lane, Instant now) {
    return lanes.admit(lane, stay(policies.of(lane), now), now);
  }

  /** Until its window opens the assembler keeps what it holds, and the linger begins then. */
  private static Duration stay(LanePolicy policy, Instant now) {
    Duration linger = policy.limits().linger();
    return policy.schedule().admit(now, now) instanceof Admission.Later later
        ? Duration.between(now, later.until()).plus(linger)
        : linger;
  }

  private static Lane lane(String model, Map<String, String> labels) {
    return new Lane(model, Accounts.DEFAULT, LaneKind.NORMAL, labels);
  }

  private void warn(boolean noLabel, Instant now) {
    if (now.isBefore(quietUntil)) {
      return;
    }
    quietUntil = now.plus(WARN_AGAIN);
    if (noLabel) {
      LOG.warn(
          "A value for {} has over {} characters or is no UTF-8: such prompts ride with those that have no labels",
          BY,
          LaneLabels.MAX_LENGTH);
    } else {
      LOG.warn(
          "{} lanes are open: prompts of further ones ride with those that have no labels; raise {}, or name in {}"
              + " what has fewer values",
          max,
          MAX_OPEN,
          BY);
    }
  }
}
