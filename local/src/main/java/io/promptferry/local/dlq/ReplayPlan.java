package io.promptferry.local.dlq;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a replay would send.
 *
 * @param letters the oldest that match, oldest first
 * @param leftOut how many match, are old enough, and cannot or should not be sent
 * @param more how many match and lie past the limit
 * @param next what a later run names as its {@code since}, so that it takes up where this one ends;
 *     empty where nothing matched
 */
public record ReplayPlan(
    List<DeadLetter> letters, Map<LeftOut, Long> leftOut, long more, Optional<Instant> next) {

  /** Why a letter that matches is not sent. */
  public enum LeftOut {
    OFTEN_REPLAYED("replayed so often already; --max-replays allows more"),
    VALUE_GONE("the value was too large to be copied, and is no longer in its topic"),
    INCOMPLETE(
        "the key or the headers were too large to be copied; only the sender can send it again"),
    TOPIC_GONE("the topic that the prompt came from is no longer there"),
    NO_ORIGIN("no header says which topic the prompt came from");

    private final String meaning;

    LeftOut(String meaning) {
      this.meaning = meaning;
    }

    public String meaning() {
      return meaning;
    }
  }

  /** How many of each reason go to each topic. */
  public Map<String, Map<String, Long>> byTopicAndReason() {
    var counts = new TreeMap<String, Map<String, Long>>();
    for (DeadLetter letter : letters) {
      counts
          .computeIfAbsent(letter.prompt().topic(), topic -> new TreeMap<>())
          .merge(letter.reason(), 1L, Long::sum);
    }
    return counts;
  }
}
