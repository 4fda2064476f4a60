package io.promptferry.collector.response;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that would not take responses of late. */
final class RefusedTopics {

  private static final Logger LOG = LoggerFactory.getLogger(RefusedTopics.class);

  /** Tried again from time to time, since rights may be given and limits raised. */
  static final Duration REMEMBERED = Duration.ofMinutes(5);

  /** Names come from events. What is forgotten is found out again, at the price of an attempt. */
  private static final int MOST = 10_000;

  private record Refusal(int fromBytes, Overflow why, Instant until) {}

  private final Clock clock;
  private final Map<String, Refusal> refusals = new HashMap<>();
  private final Set<String> warned = new HashSet<>();

  RefusedTopics(Clock clock) {
    this.clock = clock;
  }

  /**
   * Notes a refusal, and warns of a topic's first one.
   *
   * @param fromBytes the smallest record that is refused; 0 for all
   */
  void add(String topic, int fromBytes, Overflow why, String message) {
    if (refusals.size() >= MOST) {
      refusals.clear();
    }
    var refusal = new Refusal(fromBytes, why, clock.instant().plus(REMEMBERED));
    // What is refused whatever its size must not pass for too large: that would cut it down.
    refusals.merge(
        topic,
        refusal,
        (known, now) ->
            known.fromBytes() < fromBytes
                ? new Refusal(known.fromBytes(), known.why(), now.until())
                : now);
    if (warned.size() >= MOST) {
      warned.clear();
    }
    if (warned.add(topic)) {
      LOG.warn(
          "the topic {} refuses answers ({}), which are cut down if they are too large, and else go to the shared topic: {}",
          topic,
          why,
          message);
    }
  }

  /** Why the topic takes no record of this size; null where nothing is known against it. */
  @Nullable Overflow of(String topic, int bytes) {
    Refusal refusal = refusals.get(topic);
    if (refusal == null) {
      return null;
    }
    if (clock.instant().isAfter(refusal.until())) {
      refusals.remove(topic);
      return null;
    }
    return bytes >= refusal.fromBytes() ? refusal.why() : null;
  }
}
