package io.promptferry.schemas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The names of all topics, their partitions and their settings. No other place spells one out.
 *
 * @param prefix stands before every name, so that several deployments can share a cluster; empty by
 *     default
 */
public record Topics(String prefix) {

  public static final String PREFIX_CONFIG = "topics.prefix";

  private static final String PROMPT_RETENTION = Long.toString(Duration.ofDays(14).toMillis());

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
        PREFIX_CONFIG,
        ConfigDef.Type.STRING,
        "",
        ConfigDef.LambdaValidator.with(Topics::checkPrefix, () -> "letters, digits, '.', '_', '-'"),
        ConfigDef.Importance.MEDIUM,
        "Stands before the name of every topic, so that several deployments can share a cluster.");
  }

  public static Topics from(AbstractConfig config) {
    return new Topics(config.getString(PREFIX_CONFIG));
  }

  /** Written by upstream services. */
  public String prompts() {
    return prefix + "prompts";
  }

  /** Prompts that cannot be sent, as they came, with the reason in headers. */
  public String deadLetters() {
    return prefix + "prompts.dlq";
  }

  public String slices() {
    return prefix + "slices";
  }

  public String batches() {
    return prefix + "batches";
  }

  public String jobs() {
    return prefix + "jobs";
  }

  public String jobStates() {
    return prefix + "job-states";
  }

  public String receipts() {
    return prefix + "receipts";
  }

  /** Answers that have no topic of their own. */
  public String responses() {
    return prefix + "responses";
  }

  /**
   * The topics between the services; their partition counts must be equal, since a batch id must
   * land on one number.
   */
  public List<String> inner() {
    return List.of(slices(), batches(), jobs(), jobStates(), receipts());
  }

  /** A topic as it should be made. */
  public record Spec(String name, int partitions, Map<String, String> settings) {}

  /**
   * All topics as {@code promptferry topics create} makes them.
   *
   * @param promptPartitions partitions of the prompts and of the shared responses topic
   * @param innerPartitions partitions of each of the {@link #inner()} topics
   */
  public List<Spec> specs(int promptPartitions, int innerPartitions) {
    // The broker's clock: with the producer's, a prompt that carries an old event time would be
    // deleted at once.
    Map<String, String> promptSettings =
        deleteAfter(
            PROMPT_RETENTION, Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
    Map<String, String> asPrompts = deleteAfter(PROMPT_RETENTION, Map.of());
    Map<String, String> receipts =
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            PROMPT_RETENTION);
    return List.of(
        new Spec(prompts(), promptPartitions, promptSettings),
        new Spec(deadLetters(), 1, asPrompts),
        new Spec(slices(), innerPartitions, asPrompts),
        new Spec(batches(), innerPartitions, asPrompts),
        new Spec(jobs(), innerPartitions, asPrompts),
        // Never compacted: compaction could keep a zombie's late RUNNING and drop the terminal
        // state before it.
        new Spec(jobStates(), innerPartitions, asPrompts),
        new Spec(receipts(), innerPartitions, receipts),
        new Spec(responses(), promptPartitions, asPrompts));
  }

  /** A topic for the answers of one key: a single partition keeps them in order. */
  public Spec responseTopic(String name) {
    return new Spec(name, 1, deleteAfter(PROMPT_RETENTION, Map.of()));
  }

  private static Map<String, String> deleteAfter(String millis, Map<String, String> more) {
    var settings = new TreeMap<>(more);
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.RETENTION_MS_CONFIG, millis);
    return Map.copyOf(settings);
  }

  private static void checkPrefix(String key, Object value) {
    if (!value.toString().matches("[a-zA-Z0-9._-]*")) {
      throw new ConfigException(key, value, "use letters, digits, '.', '_' and '-' only");
    }
  }
}
