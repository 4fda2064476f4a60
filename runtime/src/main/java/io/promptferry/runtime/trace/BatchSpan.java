package io.promptferry.runtime.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a batch's way, in the trace of the batch. It tells of counts, names and reasons;
 * never of a prompt's or an answer's content. Safe for several threads.
 */
public final class BatchSpan implements AutoCloseable {

  private static final String TRACER = "io.promptferry";
  private static final String JOB = "promptferry.job";

  /** So many earlier batches are linked to at most. */
  private static final int MAX_EARLIER = 32;

  /**
   * What every span says of its batch.
   *
   * @param prompts how many it has
   */
  public record About(String batch, String account, String model, int prompts) {}

  /** Makes the span that of this thread until it is closed, by the same thread. */
  @FunctionalInterface
  public interface Current extends AutoCloseable {
    @Override
    void close();
  }

  private final Span span;

  private BatchSpan(Span span) {
    this.span = span;
  }

  /** Begins now. */
  public static BatchSpan begin(String name, About about) {
    return new BatchSpan(builder(name, about).startSpan());
  }

  /** Has begun already. */
  public static BatchSpan since(Instant begun, String name, About about) {
    return new BatchSpan(builder(name, about).setStartTimestamp(begun).startSpan());
  }

  // The tracer is not kept: an agent has set it by now, and tests change it.
  private static SpanBuilder builder(String name, About about) {
    return GlobalOpenTelemetry.getTracer(TRACER)
        .spanBuilder(name)
        .setParent(Context.root().with(Span.wrap(BatchTrace.of(about.batch()))))
        .setAttribute("promptferry.batch.id", about.batch())
        .setAttribute("promptferry.batch.prompts", about.prompts())
        .setAttribute("promptferry.account", about.account())
        .setAttribute("gen_ai.request.model", about.model());
  }

  @SuppressWarnings("MustBeClosedChecker") // Whoever is given it closes it.
  public Current current() {
    Scope scope = span.makeCurrent();
    return scope::close;
  }

  /** Links to the traces of batches that its prompts were in before. */
  public BatchSpan after(List<String> batches) {
    batches.stream().limit(MAX_EARLIER).forEach(batch -> span.addLink(BatchTrace.of(batch)));
    return this;
  }

  public BatchSpan job(@Nullable String job) {
    if (job != null) {
      span.setAttribute(JOB, job);
    }
    return this;
  }

  /** Says {@code promptferry.prompts.succeeded} and the like. */
  public BatchSpan prompts(String what, long count) {
    span.setAttribute("promptferry.prompts." + what, count);
    return this;
  }

  /** Says what came of it, in a word. */
  public BatchSpan outcome(String outcome) {
    span.setAttribute("promptferry.outcome", outcome);
    return this;
  }

  /** Marks it as failed, as well. */
  public BatchSpan failed(String outcome) {
    span.setStatus(StatusCode.ERROR, outcome);
    return outcome(outcome);
  }

  /** Says of the span of this thread, if there is one, that a step of it is done. */
  public static void step(String name) {
    Span.current().addEvent(name);
  }

  /** Says of the span of this thread, if there is one, which job has come of it. */
  public static void ofJob(String job) {
    Span.current().setAttribute(JOB, job);
  }

  /** Ends at a moment that is past already. */
  public void end(Instant ended) {
    span.end(ended);
  }

  /** Ends now, unless it has ended; harmless when repeated. */
  @Override
  public void close() {
    span.end();
  }
}
