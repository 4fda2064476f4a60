package io.promptferry.batcher.sweep;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How leftover input files are looked for.
 *
 * @param interval from the end of one sweep to the next; zero: never
 * @param age how old a file must be to be taken for a leftover
 * @param deletesMax the most files that one sweep tries to delete
 */
public record SweepSettings(Duration interval, Duration age, int deletesMax) {

  public static final String INTERVAL = "sweep.interval.ms";
  public static final String AGE = "sweep.age.ms";
  public static final String DELETES_MAX = "sweep.deletes.max";

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            INTERVAL,
            ConfigDef.Type.LONG,
            Duration.ofHours(1).toMillis(),
            ConfigDef.Range.atLeast(0),
            ConfigDef.Importance.LOW,
            "How often each instance looks for input files at the provider that were left behind, the first time"
                + " a few minutes after its start; also how often the metrics of the storage in use are brought up"
                + " to date. 0 turns both off: what is left behind then expires with the provider, after 48 hours"
                + " at Google.")
        .define(
            AGE,
            ConfigDef.Type.LONG,
            Duration.ofHours(12).toMillis(),
            ConfigDef.Range.atLeast(60_000),
            ConfigDef.Importance.LOW,
            "An input file of this deployment that is older than this, and that no open job and no intent names,"
                + " was left behind and is deleted. Longer than an upload can take.")
        .define(
            DELETES_MAX,
            ConfigDef.Type.INT,
            100,
            ConfigDef.Range.between(1, 10_000),
            ConfigDef.Importance.LOW,
            "The most files that one sweep tries to delete, the oldest first; the others wait for the next.");
  }

  public static SweepSettings from(AbstractConfig config) {
    return new SweepSettings(
        Duration.ofMillis(config.getLong(INTERVAL)),
        Duration.ofMillis(config.getLong(AGE)),
        config.getInt(DELETES_MAX));
  }
}
