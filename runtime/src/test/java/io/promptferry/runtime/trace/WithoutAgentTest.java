package io.promptferry.runtime.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API alone, as in a process without an agent. */
@SuppressWarnings("try") // A span does its work by being that of the thread.
class WithoutAgentTest {

  @BeforeEach
  @AfterEach
  void reset() {
    GlobalOpenTelemetry.resetForTest();
  }

  @Test
  void nothingIsRecordedAndNothingFails() {
    var about = new BatchSpan.About("b1", "default", "m", 3);
    assertThatCode(
            () -> {
              try (var span = BatchSpan.begin("submit batch", about).after(List.of("b0"));
                  var current = span.current()) {
                BatchSpan.step("file written");
                BatchSpan.ofJob("batches/1");
                new PromptLinks().follow(new RecordHeaders());
                assertThat(Span.current().isRecording()).isFalse();
                span.job("batches/1").prompts("failed", 1).failed("broken").end(Instant.EPOCH);
              }
            })
        .doesNotThrowAnyException();
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }
}
