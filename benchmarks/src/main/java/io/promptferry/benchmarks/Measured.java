package io.promptferry.benchmarks;

import java.util.Map;

/**
 * What one load cost.
 *
 * @param title of the load
 * @param prompts that became visible
 * @param valueBytes of their values, uncompressed
 * @param storedBytes of the prompts topic's log, aborted prompts and markers included
 * @param seconds until the last prompt stood in an input file
 * @param slice bytes by topic that the slicer wrote, or the broker for it
 * @param assemble bytes by topic that the assembler wrote, or the broker for it
 * @param recordsRead prompts that submit fetched
 * @param recordsUsed prompts that submit wrote into input files
 */
record Measured(
    String title,
    int prompts,
    long valueBytes,
    long storedBytes,
    double seconds,
    Map<String, Long> slice,
    Map<String, Long> assemble,
    long recordsRead,
    long recordsUsed) {

  private static final String BROKERS_OWN = "__";

  /** What the two stages wrote into topics of their own. */
  long own() {
    return sum(slice, false) + sum(assemble, false);
  }

  /** What the broker wrote for them: offsets and the state of transactions. */
  long brokers() {
    return sum(slice, true) + sum(assemble, true);
  }

  double percentOfValues(long bytes) {
    return 100.0 * bytes / valueBytes;
  }

  double percentOfStored(long bytes) {
    return 100.0 * bytes / storedBytes;
  }

  /** How many prompts were fetched for each that was used. */
  double amplification() {
    return (double) recordsRead / recordsUsed;
  }

  private static long sum(Map<String, Long> bytes, boolean brokers) {
    return bytes.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(BROKERS_OWN) == brokers)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
