package io.promptferry.local.jobs;

import io.promptferry.local.dlq.Legible;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import io.promptferry.records.Receipt;
import io.promptferry.records.Skipped;
import io.promptferry.records.Span;
import io.promptferry.records.Totals;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All of one batch, for a person to read. */
public final class BatchText {

  private static final int RUNS_SHOWN = 8;
  private static final int SPANS_SHOWN = 20;
  private static final int SKIPPED_SHOWN = 10;
  private static final int STATES_SHOWN = 40;

  private final List<String> lines = new ArrayList<>();
  private final Instant now;

  private BatchText(Instant now) {
    this.now = now;
  }

  /**
   * The lines.
   *
   * @param now what ages and estimates are counted from
   */
  public static List<String> lines(BatchView view, Instant now) {
    var text = new BatchText(now);
    text.head(view);
    text.times(view);
    text.spans(view.batch());
    view.job().ifPresent(job -> text.skipped(job, view));
    text.states(view.states());
    view.receipt().ifPresent(text::receipt);
    return List.copyOf(text.lines);
  }

  private void head(BatchView view) {
    Batch batch = view.batch();
    line("batch", view.id());
    line("state", Words.state(view));
    line("job", view.jobName().orElse("none"));
    line("lane", Words.lane(batch.getLane()));
    line(
        "prompts",
        Words.number(batch.getCount())
            + ", "
            + Words.number(view.skipped())
            + " left out of the job");
    view.stats()
        .ifPresent(
            stats ->
                line(
                    "requests",
                    Words.stats(stats)
                        + " ok/failed/pending, of "
                        + Words.number(stats.getRequests())));
    line(
        "size",
        "at most %s bytes, about %s tokens"
            .formatted(Words.number(batch.getBytes()), Words.number(batch.getTokens())));
    view.job().map(Job::getFile).ifPresent(file -> line("input", Legible.line(file)));
    if (batch.getRootBatchId() != null) {
      line("part of", batch.getRootBatchId() + ", split " + batch.getDepth() + " times");
    }
    view.job().map(Job::getRefusal).ifPresent(refusal -> line("refusal", error(refusal)));
    view.lastState().map(JobState::getError).ifPresent(error -> line("error", error(error)));
  }

  private void times(BatchView view) {
    Batch batch = view.batch();
    lines.add("times");
    time("opened", batch.getOpenedAt(), "");
    time("sealed", batch.getSealedAt(), "by " + batch.getSealReason());
    view.intentAt().ifPresent(at -> time("intended", at, "its job was about to be created"));
    view.job()
        .filter(job -> job.getPhase() != JobPhase.INTENT)
        .ifPresent(
            job ->
                time(
                    job.getPhase() == JobPhase.SUBMITTED ? "submitted" : "refused",
                    job.getAt(),
                    ""));
    view.estimatedEnd()
        .ifPresent(
            at -> time("end", at, "estimated, " + Elapsed.until(java.util.Optional.of(at), now)));
    view.lastState().map(JobState::getEndedAt).ifPresent(at -> time("ended", at, ""));
    if (batch.getDeadline() != null) {
      time("deadline", batch.getDeadline(), "the earliest of its prompts");
    }
  }

  private void spans(Batch batch) {
    lines.add("spans");
    List<Span> spans = batch.getSpans();
    spans.stream().limit(SPANS_SHOWN).forEach(span -> lines.add("  " + span(span)));
    more(spans.size(), SPANS_SHOWN, "spans");
  }

  private static String span(Span span) {
    List<Run> runs = Runs.decode(span.getRuns());
    String offsets =
        runs.stream()
            .limit(RUNS_SHOWN)
            .map(
                run ->
                    run.first() == run.last() ? "" + run.first() : run.first() + "-" + run.last())
            .collect(Collectors.joining(","));
    return "%s-%d  %s prompts, attempt %d, offsets %s%s"
        .formatted(
            span.getTopic(),
            span.getPartition(),
            Words.number(span.getCount()),
            span.getAttempt(),
            offsets,
            runs.size() > RUNS_SHOWN ? " and " + (runs.size() - RUNS_SHOWN) + " more runs" : "");
  }

  private void skipped(Job job, BatchView view) {
    if (view.skipped() == 0) {
      return;
    }
    lines.add("left out of the job");
    job.getSkipped().stream()
        .limit(SKIPPED_SHOWN)
        .forEach(skip -> lines.add("  " + skipped(skip, view.batch())));
    more(view.skipped(), SKIPPED_SHOWN, "prompts");
  }

  private static String skipped(Skipped skip, Batch batch) {
    String place =
        skip.getSpan() < batch.getSpans().size()
            ? batch.getSpans().get(skip.getSpan()).getTopic()
                + "-"
                + batch.getSpans().get(skip.getSpan()).getPartition()
            : "span " + skip.getSpan();
    return "%s-%d  %s  %s"
        .formatted(place, skip.getOffset(), skip.getReason(), Legible.line(skip.getMessage()))
        .stripTrailing();
  }

  private void states(List<JobState> states) {
    lines.add("states");
    int first = Math.max(0, states.size() - STATES_SHOWN);
    if (first > 0) {
      lines.add("  %d earlier ones; --json has them".formatted(first));
    }
    for (JobState state : states.subList(first, states.size())) {
      lines.add(
          "  %s  %s%s%s"
              .formatted(
                  state.getObservedAt(),
                  Legible.line(state.getState()),
                  state.getStats() == null
                      ? ""
                      : "  " + Words.stats(state.getStats()) + " ok/failed/pending",
                  state.getTerminal() ? "  the end" : ""));
    }
    if (states.isEmpty()) {
      lines.add("  none yet");
    }
  }

  private void receipt(Receipt receipt) {
    Totals totals = receipt.getTotals();
    lines.add("answers");
    lines.add(
        "  %s  %s: %s succeeded, %s failed, %s sent round again, %s vanished"
            .formatted(
                receipt.getUpdatedAt(),
                receipt.getSettled() ? "settled" : "under way",
                Words.number(totals.getSucceeded()),
                Words.number(totals.getFailed()),
                Words.number(totals.getRetried()),
                Words.number(totals.getVanished())));
    lines.add(
        "  tokens: %s in (%s cached), %s out, %s thinking"
            .formatted(
                Words.number(totals.getPromptTokens()),
                Words.number(totals.getCachedTokens()),
                Words.number(totals.getOutputTokens()),
                Words.number(totals.getThinkingTokens())));
  }

  private static String error(JobError error) {
    return (error.getCode() == null ? "" : error.getCode() + " ")
        + Legible.line(error.getMessage());
  }

  private void line(String name, String value) {
    lines.add("%-9s %s".formatted(name, value));
  }

  private void time(String name, Instant at, String note) {
    lines.add(
        "  %-9s %s  %s ago  %s".formatted(name, at, Elapsed.since(at, now), note).stripTrailing());
  }

  private void more(int all, int shown, String what) {
    if (all > shown) {
      lines.add("  and %s more %s; --json has them".formatted(Words.number(all - shown), what));
    }
  }
}
