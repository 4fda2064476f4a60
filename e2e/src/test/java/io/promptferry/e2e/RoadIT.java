package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Passage;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.local.stack.Endpoint;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole road on a real broker and a real registry, every service a process of its own: 500
 * prompts of 3 keys in 3 batches, results shuffled, and each service killed with {@code kill -9} in
 * the middle of its work and started again.
 */
class RoadIT {

  private static final int PROMPTS = 500;
  private static final int KEYS = 3;
  private static final int BATCHES = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Topics topics = new Topics("");

  @Test
  void eachPromptHasOneAnswerAndOneBillThoughEveryServiceIsKilled(@TempDir Path folder)
      throws IOException, InterruptedException {
    Map<String, Map<String, String>> overrides =
        Map.of(
            "batcher",
            // A batch may be a slice short of full, and 500 still need three.
            Map.of("batch.max.requests", "200", "batch.linger.ms", "6000"),
            "collector",
            // Many small transactions, so that the kill falls between two of them.
            Map.of("collect.chunk.max.records", "5"));
    StackSettings settings =
        StackSettings.defaults(folder)
            .withDelays(Duration.ofSeconds(1), Duration.ofSeconds(2))
            .with(overrides);
    try (LocalStack stack = LocalStack.start(settings, step -> {});
        var pipeline = new Pipeline(stack.clientConfig())) {
      List<Sent> sent = publish(pipeline);

      awaitRecords(pipeline, topics.jobs(), 1);
      killAndRestart(stack, "batcher");

      awaitRecords(pipeline, topics.jobStates(), 1);
      killAndRestart(stack, "poller");

      await("a first answer").atMost(PATIENCE).until(() -> !pipeline.answers().isEmpty());
      stack.service("collector").kill();
      System.out.printf("answers when the collector was killed: %d%n", pipeline.answers().size());
      stack.restart("collector");

      await("all answers").atMost(PATIENCE).until(() -> pipeline.answers().size() >= PROMPTS);
      await("all receipts").atMost(PATIENCE).until(() -> pipeline.settled() >= BATCHES);

      Verdict verdict = pipeline.verdict(sent, stack.simulatorUrl());
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.passed()).isTrue();
      assertThat(verdict.answers()).isEqualTo(PROMPTS);
      assertThat(verdict.responseTopics()).isEqualTo(KEYS);
      // More than that where a batcher that was killed is slow to come back, and time closes a
      // batch.
      assertThat(verdict.jobs()).isGreaterThanOrEqualTo(BATCHES);
      await("as many batches as jobs")
          .atMost(PATIENCE)
          .until(() -> pipeline.settled() == verdict.jobs());
      assertMetrics(stack);
    }
  }

  /** Nothing that docs/metrics.md lacks, and what came of the prompts. */
  private static void assertMetrics(LocalStack stack) throws IOException, InterruptedException {
    for (Endpoint endpoint : stack.endpoints()) {
      Set<String> declared =
          DeclaredMetric.all().stream()
              .filter(metric -> metric.services().contains(endpoint.name()))
              .flatMap(metric -> metric.names().stream())
              .collect(Collectors.toSet());
      if (declared.isEmpty()) {
        continue; // The broker and others that are no service of ours.
      }
      Scrape scrape = Scrape.of(endpoint.address());
      assertThat(scrape.names()).as(endpoint.name()).isNotEmpty().isSubsetOf(declared);
      await("no prompts at the " + endpoint.name())
          .atMost(PATIENCE)
          .until(() -> Scrape.of(endpoint.address()).sum("promptferry_prompts_waiting") == 0);
      if (endpoint.name().equals("collector")) {
        assertThat(scrape.sum("promptferry_tokens_total")).isPositive();
        assertThat(scrape.sum("promptferry_cost_dollars_total")).isPositive();
      }
    }
  }

  private List<Sent> publish(Pipeline pipeline) throws IOException {
    var prompts = new ArrayList<DemoPrompt>();
    List<Passage> passages = Passages.bundled().all();
    for (int i = 0; i < PROMPTS; i++) {
      Passage passage = passages.get(i);
      var keyed =
          new Passage(
              passage.id(), "reader " + i % KEYS, passage.year(), passage.party(), passage.text());
      prompts.add(new DemoPrompt(keyed, 1, i % 2 == 0));
    }
    return pipeline.publish(prompts);
  }

  private static void awaitRecords(Pipeline pipeline, String topic, int atLeast) {
    await("records on " + topic).atMost(PATIENCE).until(() -> pipeline.end(topic) >= atLeast);
  }

  private static void killAndRestart(LocalStack stack, String service) {
    stack.service(service).kill();
    assertThat(stack.service(service).isAlive()).as("%s after the kill", service).isFalse();
    stack.restart(service);
  }
}
