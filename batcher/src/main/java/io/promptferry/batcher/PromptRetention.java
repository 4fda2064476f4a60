package io.promptferry.batcher;

import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.lane.LanePolicy;
import io.promptferry.batcher.lane.Schedule;
import io.promptferry.batcher.submit.SubmitSettings;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.WaitBound;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Whether a topic keeps prompts for as long as the configuration lets one wait. Batches hold
 * offsets, so a prompt that is deleted before its answer is lost.
 */
final class PromptRetention {

  private final Duration longestWait;

  private PromptRetention(Duration longestWait) {
    this.longestWait = longestWait;
  }

  /** Adds the keys of other services that {@link #from} reads. */
  static ConfigDef define(ConfigDef def) {
    Arrays.stream(WaitBound.values()).forEach(bound -> bound.define(def));
    return def;
  }

  /** The longest wait is that of a prompt which is sent a last time just before it is too old. */
  static PromptRetention from(ServiceConfig config, Instant now) {
    Duration batching =
        LanePolicies.from(config).all().stream()
            .map(policy -> batching(policy, now))
            .max(Comparator.naturalOrder())
            .orElseThrow();
    Duration submitting = Duration.ofMillis(config.getLong(SubmitSettings.GIVE_UP_AFTER));
    Duration others =
        Arrays.stream(WaitBound.values())
            .map(bound -> bound.of(config))
            .reduce(Duration.ZERO, Duration::plus);
    return new PromptRetention(batching.plus(submitting).plus(others));
  }

  private static Duration batching(LanePolicy policy, Instant now) {
    return policy.schedule().longestWait(now).plus(policy.limits().linger());
  }

  /** What is wrong with the settings of a prompts topic, and what to do about it. */
  Optional<String> problem(String topic, Map<String, String> settings) {
    String policy = settings.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
    if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      return Optional.of(
          "topic %s is compacted and would lose all but the last prompt of a key: set its %s to delete"
              .formatted(topic, TopicConfig.CLEANUP_POLICY_CONFIG));
    }
    long retention = Long.parseLong(settings.getOrDefault(TopicConfig.RETENTION_MS_CONFIG, "-1"));
    if (retention >= 0 && retention < longestWait.toMillis()) {
      return Optional.of(
          "topic %s keeps prompts for %s, but one may wait %s for its answer: raise its %s to %d, or lower %s, %s, %s or the gaps of %s"
              .formatted(
                  topic,
                  Duration.ofMillis(retention),
                  longestWait,
                  TopicConfig.RETENTION_MS_CONFIG,
                  longestWait.toMillis(),
                  Arrays.stream(WaitBound.values())
                      .map(WaitBound::key)
                      .collect(Collectors.joining(", ")),
                  SubmitSettings.GIVE_UP_AFTER,
                  BatchLimits.LINGER,
                  Schedule.CRON));
    }
    return Optional.empty();
  }
}
