package io.promptferry.runtime.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Links from the span of this thread to the traces that prompts came with, by the W3C headers
 * {@code traceparent} and {@code tracestate}: one for each trace, and no more than a backend shows.
 */
public final class PromptLinks {

  static final int MAX = 32;

  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  private final Span span = Span.current();
  private final boolean recording = span.isRecording();
  private final Set<String> traces = new HashSet<>();

  /** A prompt's headers; those that hold no trace, or none that can be read, are passed over. */
  public void follow(Headers headers) {
    if (!recording || traces.size() >= MAX) {
      return;
    }
    SpanContext prompt =
        Span.fromContext(W3C.extract(Context.root(), headers, new Getter())).getSpanContext();
    if (prompt.isValid() && traces.add(prompt.getTraceId())) {
      span.addLink(prompt);
    }
  }

  private static final class Getter implements TextMapGetter<Headers> {
    @Override
    public Iterable<String> keys(Headers headers) {
      return Arrays.stream(headers.toArray()).map(Header::key).toList();
    }

    @Override
    public @Nullable String get(@Nullable Headers headers, String key) {
      Header header = headers == null ? null : headers.lastHeader(key);
      return header == null || header.value() == null
          ? null
          : new String(header.value(), StandardCharsets.UTF_8);
    }
  }
}
