package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Passage;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.records.PromptResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lines that fail, a job that expires and jobs that are rejected as a whole, with the collector
 * killed in the middle: every prompt is sent again until it is answered, and answered once.
 */
class RetryIT {

  private static final int PROMPTS = 120;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The first two jobs are rejected and divided, the third expires, and of the lines ten fail. */
  private static final String FAULTS =
      """
      [{"call":"job","times":2,
        "what":{"state":"FAILED","error":{"code":3,"message":"Request contains an invalid argument."}}},
       {"call":"job","times":1,"what":{"state":"EXPIRED"}},
       {"call":"line","times":10,"what":{"error":{"code":13,"message":"internal"}}}]""";

  @Test
  void everyPromptIsAnsweredOnceHoweverOftenItIsSent(@TempDir Path folder) throws Exception {
    StackSettings settings =
        StackSettings.defaults(folder)
            .withDelays(Duration.ofMillis(300), Duration.ofMillis(300))
            .with(Map.of("collector", Map.of("collect.chunk.max.records", "5")));
    try (LocalStack stack = LocalStack.start(settings, step -> {});
        var pipeline = new Pipeline(stack.clientConfig())) {
      put(stack.simulatorUrl().resolve("/simulator/faults"), FAULTS);
      List<Sent> sent = publish(pipeline);

      await("a first answer").atMost(PATIENCE).until(() -> !pipeline.answers().isEmpty());
      stack.service("collector").kill();
      System.out.printf("answers when the collector was killed: %d%n", pipeline.answers().size());
      stack.restart("collector");
      await("all answers").atMost(PATIENCE).until(() -> pipeline.answers().size() >= PROMPTS);

      Verdict verdict = pipeline.verdict(sent, stack.simulatorUrl());
      System.out.printf("jobs: %d%n", verdict.jobs());
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.answers()).isEqualTo(PROMPTS);
      assertThat(pipeline.answers())
          .as("some were rejected, some expired and some failed before they were answered")
          .anySatisfy(answer -> assertThat(reasons(answer)).contains("JOB_INVALID"))
          .anySatisfy(answer -> assertThat(reasons(answer)).contains("JOB_EXPIRED"))
          .anySatisfy(answer -> assertThat(reasons(answer)).contains("MODEL_ERROR"));
    }
  }

  private static List<String> reasons(ConsumerRecord<byte[], PromptResponse> answer) {
    return answer.value().getHistory().stream().map(past -> past.getReason()).toList();
  }

  private static List<Sent> publish(Pipeline pipeline) throws IOException {
    var prompts = new ArrayList<DemoPrompt>();
    List<Passage> passages = Passages.bundled().all();
    for (int i = 0; i < PROMPTS; i++) {
      Passage passage = passages.get(i);
      var keyed =
          new Passage(
              passage.id(), "reader " + i % 3, passage.year(), passage.party(), passage.text());
      prompts.add(new DemoPrompt(keyed, 1, i % 2 == 0));
    }
    return pipeline.publish(prompts);
  }

  private static void put(URI address, String body) throws IOException, InterruptedException {
    HttpResponse<String> reply =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(address)
                    .PUT(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isLessThan(300);
  }
}
