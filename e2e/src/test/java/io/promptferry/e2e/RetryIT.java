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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

  /** The first job does 72 of its 120 lines, the second 24 of the 48 that are left. */
  private static final String CUT_SHORT =
      """
      [{"call":"job","times":1,"what":{"state":"PARTIALLY_SUCCEEDED","missing":0.4}},
       {"call":"job","times":1,"what":{"state":"CANCELLED","missing":0.5}}]""";

  @Test
  void whatAJobDidBeforeItWasCutShortIsKept(@TempDir Path folder) throws Exception {
    StackSettings settings =
        StackSettings.defaults(folder)
            .withDelays(Duration.ofMillis(300), Duration.ofMillis(300))
            .with(
                Map.of(
                    "batcher",
                    Map.of(
                        "batch.linger.ms",
                        "3000",
                        "batch.max.requests",
                        Integer.toString(PROMPTS))));
    try (LocalStack stack = LocalStack.start(settings, step -> {});
        var pipeline = new Pipeline(stack.clientConfig())) {
      Faults.put(stack.simulatorUrl(), CUT_SHORT);
      List<Sent> sent = publish(pipeline);
      await("all answers").atMost(PATIENCE).until(() -> pipeline.answers().size() >= PROMPTS);

      Verdict verdict = pipeline.verdict(sent, stack.simulatorUrl());
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.jobs()).isEqualTo(3);
      Map<List<String>, Long> answersByReasons =
          pipeline.answers().stream()
              .collect(Collectors.groupingBy(RetryIT::reasons, Collectors.counting()));
      assertThat(answersByReasons)
          .containsOnly(
              Map.entry(List.of(), 72L),
              Map.entry(List.of("NO_RESULT"), 24L),
              Map.entry(List.of("NO_RESULT", "JOB_CANCELLED"), 24L));
    }
  }

  @Test
  void everyPromptIsAnsweredOnceHoweverOftenItIsSent(@TempDir Path folder) throws Exception {
    StackSettings settings =
        StackSettings.defaults(folder)
            .withDelays(Duration.ofMillis(300), Duration.ofMillis(300))
            .with(Map.of("collector", Map.of("collect.chunk.max.records", "5")));
    try (LocalStack stack = LocalStack.start(settings, step -> {});
        var pipeline = new Pipeline(stack.clientConfig())) {
      Faults.put(stack.simulatorUrl(), FAULTS);
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
}
