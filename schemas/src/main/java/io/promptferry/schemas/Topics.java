package io.promptferry.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The names of all topics, their partitions and their settings. No other place spells one out.
 *
 * @param prefix stands before every name, so that several deployments can share a cluster; empty by
 *     default
 * @param promptNames the topics that prompts come from, without the prefix; at least one
 * @param promptPattern a regular expression for the names of further ones, without the prefix;
 *     empty for none
 */
public record Topics(String prefix, List<String> promptNames, String promptPattern) {

  public static final String PREFIX_CONFIG = "topics.prefix";
  public static final String PROMPTS_CONFIG = "prompts.topics";
  public static final String PROMPTS_PATTERN_CONFIG = "prompts.topics.pattern";

  /**
   * How long prompts are kept, and answers where nothing else is said. As long as the defaults let
   * a prompt wait, 13 days and an hour, with room for a schedule that has a window every day.
   */
  public static final Duration RETENTION = Duration.ofDays(16);

  private static final String PROMPTS = "prompts";

  /** A ^ that is neither the first character nor escaped nor the negation of a class. */
  private static final Pattern INNER_ANCHOR = Pattern.compile("(?<![\\[\\\\])(?<!\\A)\\^");

  private static final String PROMPT_RETENTION = Long.toString(RETENTION.toMillis());

  /**
   * What the topics of another deployment end in, and of Kafka Streams. A prefix may end in any
   * character, so none is asked for before the name.
   */
  private static final Pattern INTERNAL_END =
      Pattern.compile(
          "(slices|batches|jobs|job-states|receipts|prompts|prompts\\.dlq|-changelog|-repartition)\\z");

  /** With the usual names behind the prefix. */
  public Topics(String prefix) {
    this(prefix, List.of(PROMPTS), "");
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            PREFIX_CONFIG,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.LambdaValidator.with(
                Topics::checkPrefix, () -> "letters, digits, '.', '_', '-'"),
            ConfigDef.Importance.MEDIUM,
            "Stands before the name of every topic, so that several deployments can share a cluster.")
        .define(
            PROMPTS_CONFIG,
            ConfigDef.Type.LIST,
            PROMPTS,
            ConfigDef.LambdaValidator.with(
                Topics::checkPromptNames, () -> "names of topics, separated by commas"),
            ConfigDef.Importance.MEDIUM,
            "The topics that prompts come from, without topics.prefix, separated by commas. All must exist at the start.")
        .define(
            PROMPTS_PATTERN_CONFIG,
            ConfigDef.Type.STRING,
            "",
            ConfigDef.LambdaValidator.with(Topics::checkPattern, () -> "a regular expression"),
            ConfigDef.Importance.LOW,
            "A regular expression: topics whose whole name, without topics.prefix, matches it are read beside those of"
                + " prompts.topics, also topics that are made later. Promptferry's own topics never match, nor do names"
                + " that begin with an underscore, as Kafka's and a schema registry's own do.");
  }

  public static Topics from(AbstractConfig config) {
    String prefix = config.getString(PREFIX_CONFIG);
    if (prefix.startsWith("_") && !config.getString(PROMPTS_PATTERN_CONFIG).isEmpty()) {
      throw new ConfigException(
          PREFIX_CONFIG,
          prefix,
          PROMPTS_PATTERN_CONFIG
              + " takes no topic whose name begins with '_': choose another prefix");
    }
    return new Topics(
        prefix, config.getList(PROMPTS_CONFIG), config.getString(PROMPTS_PATTERN_CONFIG));
  }

  /** Written by upstream services; the first where there are several. */
  public String prompts() {
    return prefix + promptNames.get(0);
  }

  /** All topics with prompts that must exist. */
  public List<String> allPrompts() {
    return promptNames.stream().map(name -> prefix + name).toList();
  }

  /** Whether prompts are read from this topic. */
  public boolean isPrompts(String topic) {
    return allPrompts().contains(topic)
        || (!promptPattern.isEmpty()
            && topic.startsWith(prefix)
            && !topic.startsWith("_")
            && !isOwn(topic)
            && topic.substring(prefix.length()).matches(promptPattern));
  }

  /**
   * What a consumer subscribes to where there is a {@link #promptPattern()}: matches exactly the
   * whole names that {@link #isPrompts} takes.
   */
  public Pattern promptsPattern() {
    String own =
        Stream.concat(inner().stream(), Stream.of(deadLetters(), responses()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|"))
            + "|"
            + Pattern.quote(responses() + ".")
            + ".*|_.*|.*-changelog";
    // Behind a prefix ^ would not match; the whole name must match anyway.
    String pattern = promptPattern.startsWith("^") ? promptPattern.substring(1) : promptPattern;
    String named =
        allPrompts().stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
    return Pattern.compile(
        promptPattern.isEmpty()
            ? named
            : "%s|(?!(?:%s)\\z)%s(?:%s)".formatted(named, own, Pattern.quote(prefix), pattern));
  }

  /**
   * Whether Promptferry itself, or Kafka, writes this topic. An answer that were read as a prompt
   * would be answered in turn, and so on for ever.
   */
  private boolean isOwn(String topic) {
    return inner().contains(topic)
        || topic.equals(deadLetters())
        || topic.equals(responses())
        || topic.startsWith(responses() + ".")
        || topic.startsWith("__")
        || topic.endsWith("-changelog");
  }

  /**
   * Whether only Promptferry, whatever its prefix, or Kafka and what belongs to it should write the
   * topic: those that prompts come from, those between the services, and names that begin with an
   * underscore, as {@code __consumer_offsets} and a registry's {@code _schemas}. Goes by the name,
   * so it also takes some topics for internal that are not.
   */
  public boolean isInternal(String topic) {
    return topic.startsWith("_") || INTERNAL_END.matcher(topic).find() || isPrompts(topic);
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
    var specs = new ArrayList<Spec>();
    allPrompts().forEach(name -> specs.add(new Spec(name, promptPartitions, promptSettings)));
    specs.add(new Spec(deadLetters(), 1, asPrompts));
    specs.addAll(
        List.of(
            new Spec(slices(), innerPartitions, asPrompts),
            new Spec(batches(), innerPartitions, asPrompts),
            new Spec(jobs(), innerPartitions, asPrompts),
            // Never compacted: compaction could keep a zombie's late RUNNING and drop the terminal
            // state before it.
            new Spec(jobStates(), innerPartitions, asPrompts),
            new Spec(receipts(), innerPartitions, receipts),
            new Spec(responses(), promptPartitions, asPrompts)));
    return List.copyOf(specs);
  }

  /**
   * A topic for answers that is made when it is needed; its replication factor is the cluster's.
   *
   * @param retentionMs -1 for ever
   */
  public Spec responseTopic(String name, int partitions, long retentionMs) {
    return new Spec(name, partitions, deleteAfter(Long.toString(retentionMs), Map.of()));
  }

  private static Map<String, String> deleteAfter(String millis, Map<String, String> more) {
    var settings = new TreeMap<>(more);
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.RETENTION_MS_CONFIG, millis);
    return Map.copyOf(settings);
  }

  private static void checkPromptNames(String key, Object value) {
    if (!(value instanceof List<?> names) || names.isEmpty()) {
      throw new ConfigException(key, value, "name at least one topic");
    }
    if (!names.stream().allMatch(name -> String.valueOf(name).matches("[a-zA-Z0-9._-]{1,200}"))) {
      throw new ConfigException(key, value, "use letters, digits, '.', '_' and '-' only");
    }
    var usual = new Topics("");
    names.stream()
        .map(String::valueOf)
        .filter(usual::isOwn)
        .forEach(
            name -> {
              throw new ConfigException(key, value, name + " is one of Promptferry's own topics");
            });
  }

  private static void checkPattern(String key, Object value) {
    try {
      Pattern.compile(value.toString());
      // As it stands in promptsPattern(): an open quote or a comment would swallow what follows.
      Pattern.compile("(?:" + value + ")");
    } catch (PatternSyntaxException e) {
      throw new ConfigException(key, value, "is no regular expression: " + e.getDescription());
    }
    if (INNER_ANCHOR.matcher(value.toString()).find()) {
      throw new ConfigException(key, value, "leave out ^: the whole name must match anyway");
    }
  }

  private static void checkPrefix(String key, Object value) {
    if (!value.toString().matches("[a-zA-Z0-9._-]*")) {
      throw new ConfigException(key, value, "use letters, digits, '.', '_' and '-' only");
    }
  }
}
