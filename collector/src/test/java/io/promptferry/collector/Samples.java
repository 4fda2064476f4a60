package io.promptferry.collector;

import io.promptferry.collector.retry.RetrySettings;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.Lane;
import io.promptferry.records.Receipt;
import io.promptferry.records.SealReason;
import io.promptferry.records.Skipped;
import io.promptferry.records.Span;
import io.promptferry.records.Totals;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Batches on their way, and settings. */
final class Samples {

  static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
  static final Instant SUBMITTED = T0.plusSeconds(20);
  static final Instant ENDED = T0.plusSeconds(30);
  static final int MAX_LINE = 2048;

  private Samples() {}

  static Span span(String topic, int partition, int attempt, Run... runs) {
    long count = 0;
    for (Run run : runs) {
      count += run.last() - run.first() + 1;
    }
    return span(topic, partition, attempt, (int) count, runs);
  }

  static Span span(String topic, int partition, int attempt, int count, Run... runs) {
    return Span.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setAttempt(attempt)
        .setRuns(Runs.encode(List.of(runs)))
        .setCount(count)
        .build();
  }

  /** The submission of batch {@code b1} as job {@code batches/1}. */
  static Job submission(List<Span> spans, Skipped... skipped) {
    var batch =
        Batch.newBuilder()
            .setBatchId("b1")
            .setLane(Lane.newBuilder().setModel("m").build())
            .setSpans(spans)
            .setCount(spans.stream().mapToInt(Span::getCount).sum())
            .setBytes(10)
            .setTokens(10)
            .setOpenedAt(T0)
            .setSealedAt(T0.plusSeconds(10))
            .setSealReason(SealReason.REQUESTS)
            .build();
    return Job.newBuilder()
        .setPhase(JobPhase.SUBMITTED)
        .setBatch(batch)
        .setFile("files/in")
        .setJob("batches/1")
        .setSkipped(List.of(skipped))
        .setAt(SUBMITTED)
        .build();
  }

  static JobState state(Job submission, String state) {
    return state(submission, state, null, null);
  }

  static JobState state(
      Job submission, String state, @Nullable String resultFile, @Nullable JobError error) {
    return JobState.newBuilder()
        .setBatchId("b1")
        .setJob(submission.getJob())
        .setState(state)
        .setTerminal(true)
        .setResultFile(resultFile)
        .setError(error)
        .setObservedAt(ENDED.plusSeconds(1))
        .setEndedAt(ENDED)
        .setSubmission(submission)
        .build();
  }

  static Receipt receipt(String batchId, boolean settled, int span, long nextOffset) {
    return Receipt.newBuilder()
        .setBatchId(batchId)
        .setModel("m")
        .setSettled(settled)
        .setSpan(span)
        .setNextOffset(nextOffset)
        .setTotals(Totals.newBuilder().build())
        .setSealReason(SealReason.LINGER)
        .setSealedAt(T0)
        .setUpdatedAt(T0)
        .build();
  }

  static CollectSettings settings(Path spool, int chunkRecords, int chunkBytes) {
    return new CollectSettings(
        spool,
        chunkRecords,
        chunkBytes,
        Duration.ofSeconds(5),
        3,
        200,
        new ReceiptSettings(Pattern.compile("^[^/]+"), 2),
        MAX_LINE,
        64,
        Duration.ofDays(1),
        Duration.ofSeconds(1));
  }

  /** Nothing is tried again. */
  static RetrySettings once() {
    return retries(1);
  }

  static RetrySettings retries(int maxAttempts) {
    return retries(maxAttempts, Duration.ofDays(6));
  }

  static RetrySettings retries(int maxAttempts, Duration maxAge) {
    RetrySettings usual =
        RetrySettings.from(new AbstractConfig(RetrySettings.define(new ConfigDef()), Map.of()));
    return new RetrySettings(
        maxAttempts, maxAge, usual.backoff(), usual.cutOff(), usual.misfit(), usual.reasons());
  }

  static Totals totals(
      long succeeded,
      long failed,
      long retried,
      long vanished,
      long promptTokens,
      long outputTokens,
      long thinkingTokens,
      long cachedTokens) {
    return Totals.newBuilder()
        .setSucceeded(succeeded)
        .setFailed(failed)
        .setRetried(retried)
        .setVanished(vanished)
        .setPromptTokens(promptTokens)
        .setOutputTokens(outputTokens)
        .setThinkingTokens(thinkingTokens)
        .setCachedTokens(cachedTokens)
        .build();
  }
}
