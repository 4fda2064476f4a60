package io.promptferry.runtime.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("try") // A span does its work by being that of the thread.
class BatchSpanTest {

  @RegisterExtension static final OpenTelemetryExtension OTEL = OpenTelemetryExtension.create();

  /** printf %s 20260131-235900-k3f9x2ab | sha256sum. */
  private static final String BATCH = "20260131-235900-k3f9x2ab";

  private static final String TRACE = "c46bda752e57b57438845c59a053ed53";

  private static final Instant T0 = Instant.parse("2026-01-31T23:59:00Z");

  private static BatchSpan.About about(String batch) {
    return new BatchSpan.About(batch, "research", "gemini-2.5-flash", 20_000);
  }

  private static SpanData only() {
    assertThat(OTEL.getSpans()).hasSize(1);
    return OTEL.getSpans().get(0);
  }

  @Test
  void saysWhichBatchAndWhatItHolds() {
    try (var span = BatchSpan.begin("submit batch", about(BATCH))) {
      span.job("batches/1").prompts("failed", 3).outcome("finished");
    }
    assertThat(only().getName()).isEqualTo("submit batch");
    assertThat(only().getInstrumentationScopeInfo().getName()).isEqualTo("io.promptferry");
    assertThat(only().getAttributes().asMap())
        .isEqualTo(
            Attributes.builder()
                .put("promptferry.batch.id", BATCH)
                .put("promptferry.batch.prompts", 20_000)
                .put("promptferry.account", "research")
                .put("gen_ai.request.model", "gemini-2.5-flash")
                .put("promptferry.job", "batches/1")
                .put("promptferry.prompts.failed", 3)
                .put("promptferry.outcome", "finished")
                .build()
                .asMap());
  }

  @Test
  void theTraceIsThatOfTheBatchWhoeverMakesTheSpan() {
    try (var ours = BatchSpan.begin("a", about("other"));
        var current = ours.current()) {
      BatchSpan.begin("submit batch", about(BATCH)).close();
    }
    BatchSpan.begin("collect batch", about(BATCH)).close();

    List<SpanData> spans = OTEL.getSpans();
    assertThat(spans).extracting(SpanData::getTraceId).startsWith(TRACE).endsWith(TRACE);
    assertThat(spans.get(1).getTraceId()).isNotEqualTo(TRACE);
    assertThat(spans.get(0).getParentSpanId()).isEqualTo(spans.get(2).getParentSpanId());
  }

  @Test
  void mayBeToldWhenItIsOver() {
    BatchSpan span = BatchSpan.since(T0, "run job", about(BATCH));
    span.failed("expired").end(T0.plus(Duration.ofHours(2)));
    span.close();

    assertThat(only().getStartEpochNanos()).isEqualTo(nanos(T0));
    assertThat(only().getEndEpochNanos()).isEqualTo(nanos(T0.plus(Duration.ofHours(2))));
    assertThat(only().getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "expired"));
    assertThat(only().getAttributes().get(AttributeKey.stringKey("promptferry.outcome")))
        .isEqualTo("expired");
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond());
  }

  @Test
  void theSpanOfTheThreadIsToldOfStepsAndTheJob() {
    BatchSpan.step("nobody asked");
    try (var span = BatchSpan.begin("submit batch", about(BATCH))) {
      try (var current = span.current()) {
        BatchSpan.step("file written");
        BatchSpan.ofJob("batches/2");
      }
      BatchSpan.step("too late");
    }
    assertThat(only().getEvents()).extracting(EventData::getName).containsExactly("file written");
    assertThat(only().getAttributes().get(AttributeKey.stringKey("promptferry.job")))
        .isEqualTo("batches/2");
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }

  @Test
  void linksToEarlierBatchesButNotToAllOfVeryMany() {
    List<String> earlier = IntStream.range(0, 40).mapToObj(i -> i == 0 ? BATCH : "b" + i).toList();
    BatchSpan.begin("gather batch", about("later")).after(earlier).close();

    assertThat(only().getLinks()).hasSize(32);
    assertThat(only().getLinks())
        .extracting((LinkData link) -> link.getSpanContext().getTraceId())
        .startsWith(TRACE);
  }
}
