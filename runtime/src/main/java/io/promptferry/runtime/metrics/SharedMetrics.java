package io.promptferry.runtime.metrics;

/** The metrics that several services count. */
public final class SharedMetrics {

  private static final Label READER = Label.of("stage", "submit", "collect");

  public static final Metric RECORDS_READ =
      Metric.counter(
          "promptferry.log.records.read",
          "Records of prompts topics that were fetched again, to write an input file or to join an"
              + " answer with its prompt",
          READER);

  public static final Metric RECORDS_USED =
      Metric.counter(
          "promptferry.log.records.used",
          "Those of promptferry_log_records_read_total that belonged to the batch",
          READER);

  public static final Metric PROMPTS_VANISHED =
      Metric.counter(
          "promptferry.prompts.vanished",
          "Prompts that were sliced and are no longer in the log; those that the collector misses"
              + " get no answer from anybody",
          READER);

  public static final Metric PROVIDER_REFUSALS =
      Metric.counter(
          "promptferry.provider.refusals",
          "Calls to the provider that did not succeed, by call and what may be concluded",
          Label.of("call", "upload", "create", "find", "get", "list", "cancel"),
          Label.of("kind", "BUSY", "REFUSED", "NOT_FOUND", "UNKNOWN"));

  private SharedMetrics() {}
}
