package io.promptferry.runtime.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.LinkData;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("try") // A span does its work by being that of the thread.
class PromptLinksTest {

  @RegisterExtension static final OpenTelemetryExtension OTEL = OpenTelemetryExtension.create();

  private static final BatchSpan.About ABOUT = new BatchSpan.About("b1", "default", "m", 3);

  private static Headers headers(String... namesAndValues) {
    var headers = new RecordHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return headers;
  }

  private static Headers trace(int trace, int span) {
    return headers("traceparent", "00-%032x-%016x-01".formatted(trace, span));
  }

  private static List<LinkData> links(List<Headers> prompts) {
    try (var span = BatchSpan.begin("submit batch", ABOUT);
        var current = span.current()) {
      var links = new PromptLinks();
      prompts.forEach(links::follow);
    }
    return OTEL.getSpans().get(0).getLinks();
  }

  @Test
  void eachTraceIsLinkedOnceAsItCame() {
    Headers stated = trace(10, 1);
    stated.add("tracestate", "vendor=x".getBytes(StandardCharsets.UTF_8));

    assertThat(links(List.of(stated, trace(11, 2), trace(10, 3))))
        .extracting(LinkData::getSpanContext)
        .extracting(
            context ->
                context.getTraceId()
                    + " "
                    + context.getSpanId()
                    + " "
                    + context.getTraceState().get("vendor"))
        .containsExactly("%032x %016x x".formatted(10, 1), "%032x %016x null".formatted(11, 2));
  }

  @Test
  void whatIsNoTraceIsPassedOver() {
    var empty = new RecordHeaders();
    empty.add("traceparent", null);

    assertThat(
            links(
                List.of(
                    headers(),
                    empty,
                    headers("traceparent", "00-1"),
                    headers("traceparent", "\u0000ü"),
                    headers("traceparent", "00-" + "0".repeat(32) + "-0000000000000001-01"))))
        .isEmpty();
  }

  @Test
  void ofVeryManyTracesTheFirstAreLinked() {
    assertThat(links(IntStream.rangeClosed(1, 1000).mapToObj(i -> trace(i, 1)).toList()))
        .hasSize(PromptLinks.MAX)
        .extracting((LinkData link) -> link.getSpanContext().getTraceId())
        .endsWith("%032x".formatted(PromptLinks.MAX));
  }

  @Test
  void outsideOfASpanNothingHappens() {
    var links = new PromptLinks();
    links.follow(trace(1, 1));
    assertThat(OTEL.getSpans()).isEmpty();
  }
}
