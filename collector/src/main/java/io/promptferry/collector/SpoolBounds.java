package io.promptferry.collector;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What the result files of an instance may take together.
 *
 * @param maxBytes of disk, by all that are there at a time
 * @param downloads that are under way at a time
 */
public record SpoolBounds(long maxBytes, int downloads) {

  public static final String MAX_BYTES = "collect.spool.max.bytes";
  public static final String DOWNLOADS = "collect.downloads.max";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            MAX_BYTES,
            ConfigDef.Type.LONG,
            20_000_000_000L,
            ConfigDef.Range.atLeast(1L),
            ConfigDef.Importance.MEDIUM,
            "Disk that all result files of an instance take at a time. A file that finds no room waits for others to be"
                + " collected; one that is larger than this is not fetched, and its prompts are answered FAILED with"
                + " reason RESULTS_UNREADABLE after collect.give.up.after.ms.")
        .define(
            DOWNLOADS,
            ConfigDef.Type.INT,
            4,
            ConfigDef.Range.between(1, 100),
            ConfigDef.Importance.LOW,
            "So many result files are downloaded at a time by an instance.");
  }

  public static SpoolBounds from(AbstractConfig config) {
    return new SpoolBounds(config.getLong(MAX_BYTES), config.getInt(DOWNLOADS));
  }
}
