package io.promptferry.schemas;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of the record headers that Promptferry writes. */
public final class HeaderNames {
  /** On a response: the prompt's coordinates, {@code <topic>-<partition>-<offset>}. */
  public static final String PROMPT = "promptferry-prompt";

  /**
   * On a response that could not go where it was meant to: the name of that topic, where it has
   * one.
   */
  public static final String INTENDED_TOPIC = "promptferry-intended-topic";

  /** On a response that is not where it was meant to go: why. */
  public static final String OVERFLOW = "promptferry-overflow";

  /** On a dead letter: the {@link ErrorReason}. */
  public static final String REASON = "promptferry-reason";

  /** On a dead letter: the broker's time of the prompt, in milliseconds since 1970. */
  public static final String TIMESTAMP = "promptferry-timestamp";

  /** On a dead letter: the id of the schema that the value names, where it names one. */
  public static final String SCHEMA_ID = "promptferry-schema-id";

  /**
   * On a dead letter whose value was too large to be copied and is null: how many bytes it has. It
   * still stands in the prompts topic.
   */
  public static final String VALUE_BYTES = "promptferry-value-bytes";

  /**
   * On a dead letter whose value was too large to be copied, where the value is an event: the
   * {@link PromptEnvelope}, so that the prompt is answered as its sender asked.
   */
  public static final String ENVELOPE = "promptferry-envelope";

  /**
   * On a dead letter without the prompt's own headers, which were too large to be copied: how many
   * bytes they have, about.
   */
  public static final String HEADER_BYTES = "promptferry-header-bytes";

  /** On a dead letter without its key, which was too large to be copied: how many bytes it has. */
  public static final String KEY_BYTES = "promptferry-key-bytes";

  /** On a prompt that was replayed from the dead letters, and on its answer: how many times. */
  public static final String REPLAYS = "promptferry-replays";

  // The names of KIP-1034 where they fit, so that tools for Streams' dead letters read ours too.
  public static final String ERROR_MESSAGE = "__streams.errors.message";
  public static final String ERROR_TOPIC = "__streams.errors.topic";
  public static final String ERROR_PARTITION = "__streams.errors.partition";
  public static final String ERROR_OFFSET = "__streams.errors.offset";

  /** What rejecting a prompt adds to it. No prompt comes with these rightly. */
  public static final Set<String> OF_DEAD_LETTERS =
      Set.of(
          REASON,
          TIMESTAMP,
          SCHEMA_ID,
          VALUE_BYTES,
          ENVELOPE,
          HEADER_BYTES,
          KEY_BYTES,
          ERROR_MESSAGE,
          ERROR_TOPIC,
          ERROR_PARTITION,
          ERROR_OFFSET);

  /**
   * What an answer does not take over from its prompt: what stands on a dead letter and has no
   * business on a response, and what a prompt may not forge.
   */
  public static final Set<String> RESERVED =
      Stream.concat(Stream.of(PROMPT, INTENDED_TOPIC, OVERFLOW), OF_DEAD_LETTERS.stream())
          .collect(Collectors.toUnmodifiableSet());

  private HeaderNames() {}
}
