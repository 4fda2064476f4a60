package io.promptferry.batcher.slice;

import java.time.Duration;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Where slicing begins, and what it holds in memory.
 *
 * @param latest whether a first start passes over the prompts that are there already
 * @param deadLettersBytes of dead letters that wait for the commit, at most
 * @param deadLetterBytes of one dead letter, at most
 * @param repeatWindow in which an id that was accepted before marks a repetition; zero for none
 * @param repeatIds offsets of its partition for which an id is remembered
 */
public record SliceBounds(
    boolean latest,
    long deadLettersBytes,
    int deadLetterBytes,
    Duration repeatWindow,
    int repeatIds) {

  public static final String FIRST_POSITION = "slice.first.position";
  public static final String DEAD_LETTERS_BYTES = "slice.dead.letters.max.bytes";
  public static final String DEAD_LETTER_BYTES = "dead.letter.max.bytes";
  public static final String REPEAT_WINDOW = "dedup.window.ms";
  public static final String REPEAT_IDS = "dedup.max.ids";

  private static final String EARLIEST = "earliest";
  private static final String LATEST = "latest";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            FIRST_POSITION,
            ConfigDef.Type.STRING,
            EARLIEST,
            ConfigDef.ValidString.in(EARLIEST, LATEST),
            ConfigDef.Importance.MEDIUM,
            "Where the first start of all begins: earliest takes all prompts that are there, latest only what comes from"
                + " then on. Topics and partitions that turn up later are read from their beginning in any case.")
        .define(
            DEAD_LETTERS_BYTES,
            ConfigDef.Type.LONG,
            8L << 20,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "Dead letters that wait for slice.interval.ms are written at once when they take more than so many bytes"
                + " of memory.")
        .define(
            DEAD_LETTER_BYTES,
            ConfigDef.Type.INT,
            900_000,
            ConfigDef.Range.between(1_000, 20_000_000),
            ConfigDef.Importance.LOW,
            "A dead letter larger than this, with key and headers, is written without its value, which still stands in"
                + " the prompts topic. Keep it below max.message.bytes of prompts.dlq and"
                + " kafka.producer.max.request.size, about 1 MB by Kafka's defaults.")
        .define(
            REPEAT_WINDOW,
            ConfigDef.Type.LONG,
            0L,
            ConfigDef.Range.between(0, Duration.ofDays(1).toMillis()),
            ConfigDef.Importance.MEDIUM,
            "A prompt with the id of one that was accepted in its partition within so many milliseconds before is"
                + " dropped without an answer of its own, as a repetition by its sender. 0: none is. A partition that"
                + " is taken up is read again from so long ago.")
        .define(
            REPEAT_IDS,
            ConfigDef.Type.INT,
            100_000,
            ConfigDef.Range.between(1, 10_000_000),
            ConfigDef.Importance.LOW,
            "For how many offsets of its partition an id is remembered within dedup.window.ms; so the most ids of a"
                + " partition, at about 100 bytes each, and the most prompts that are read again when it is taken up.");
  }

  public static SliceBounds from(AbstractConfig config) {
    return new SliceBounds(
        config.getString(FIRST_POSITION).equals(LATEST),
        config.getLong(DEAD_LETTERS_BYTES),
        config.getInt(DEAD_LETTER_BYTES),
        Duration.ofMillis(config.getLong(REPEAT_WINDOW)),
        config.getInt(REPEAT_IDS));
  }

  OffsetSpec first() {
    return latest ? OffsetSpec.latest() : OffsetSpec.earliest();
  }
}
