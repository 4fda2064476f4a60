package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fate;
import io.promptferry.batcher.submit.Script.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SubmitSpansTest {

  @RegisterExtension static final OpenTelemetryExtension OTEL = OpenTelemetryExtension.create();

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void begin(@TempDir Path folder) {
    bench.begin(folder);
  }

  @AfterEach
  void end() {
    bench.end();
  }

  private static Map<AttributeKey<?>, Object> attributes(String outcome, String... job) {
    var attributes =
        Attributes.builder()
            .put("promptferry.batch.id", Bench.BATCH_ID)
            .put("promptferry.batch.prompts", 3)
            .put("promptferry.account", "default")
            .put("gen_ai.request.model", "gemini-2.5-flash")
            .put("promptferry.outcome", outcome);
    for (String name : job) {
      attributes.put("promptferry.job", name);
    }
    return attributes.build().asMap();
  }

  @Test
  void eachAttemptIsASpanThatLinksToThePromptsTraces() throws Exception {
    bench.new Story(Script.of(failing(Call.UPLOAD, Fate.UNKNOWN), 50)).run();

    List<SpanData> spans = OTEL.getSpans();
    assertThat(spans).extracting(SpanData::getName).containsExactly("submit batch", "submit batch");
    assertThat(spans)
        .extracting(span -> span.getAttributes().asMap())
        .containsExactly(attributes("failed"), attributes("finished", "batches/0"));
    assertThat(spans)
        .extracting(SpanData::getStatus)
        .containsExactly(StatusData.create(StatusCode.ERROR, "failed"), StatusData.unset());
    assertThat(spans.get(1).getEvents())
        .extracting(EventData::getName)
        .containsExactly("file written", "file uploaded");
    assertThat(spans.get(1).getLinks())
        .extracting((LinkData link) -> link.getSpanContext().getTraceId())
        .containsExactly(Bench.trace(7), Bench.trace(8), Bench.trace(11));
    assertThat(spans.toString()).as("no prompt's text").doesNotContain("prompt 7");
  }

  @Test
  void theSearchForAJobIsASpanAndSaysWhatItFound() throws Exception {
    bench.new Story(Script.of(failing(Call.CREATE, Fate.REPLY_LOST), 50)).run();

    List<SpanData> spans = OTEL.getSpans();
    assertThat(spans).extracting(SpanData::getName).containsExactly("submit batch", "find job");
    assertThat(spans)
        .extracting(span -> span.getAttributes().asMap())
        .containsExactly(attributes("doubt"), attributes("finished", "batches/0"));
    assertThat(spans).extracting(SpanData::getTraceId).containsOnly(spans.get(0).getTraceId());
  }

  @Test
  void whatFailsHereIsSaidToo() throws Exception {
    bench.new Story(Script.of(failing(Call.COMMIT, Fate.CRASH_BEFORE), 50)).run();

    assertThat(OTEL.getSpans().get(0).getStatus())
        .isEqualTo(StatusData.create(StatusCode.ERROR, "Crash"));
  }

  /** The first such call. */
  private static Script.Mishaps failing(Call call, Fate fate) {
    boolean[] done = {false};
    return (number, made) -> {
      if (made != call || done[0]) {
        return Optional.empty();
      }
      done[0] = true;
      return Optional.of(new Fault(number, fate, 0));
    };
  }
}
