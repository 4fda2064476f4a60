package io.promptferry.e2e;

import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Passage;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.demo.traffic.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Prompts that keep coming, a few at a time and under few keys, until they are stopped. */
final class PromptStream implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int AT_A_TIME = 15;
  private static final int KEYS = 5;

  private final Pipeline pipeline;
  private final List<Passage> passages = Passages.bundled().all();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final List<Sent> sent = new ArrayList<>();
  private final ScheduledFuture<?> rounds;
  private int next;

  private PromptStream(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.rounds =
        thread.scheduleWithFixedDelay(this::round, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  static PromptStream start(Pipeline pipeline) {
    return new PromptStream(pipeline);
  }

  /** Ends the last round; throws what any round met. */
  List<Sent> stop() throws InterruptedException, ExecutionException {
    boolean failed = rounds.isDone();
    close();
    if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the stream did not end within " + PATIENCE);
    }
    if (failed) {
      rounds.get();
    }
    return List.copyOf(sent);
  }

  private void round() {
    sent.addAll(
        pipeline.publish(IntStream.range(next, next + AT_A_TIME).mapToObj(this::prompt).toList()));
    next += AT_A_TIME;
  }

  private DemoPrompt prompt(int number) {
    Passage passage = passages.get(number % passages.size());
    var keyed =
        new Passage(
            passage.id(),
            "reader " + number % KEYS,
            passage.year(),
            passage.party(),
            passage.text());
    return new DemoPrompt(keyed, number / passages.size() + 1, number % 2 == 0);
  }

  @Override
  public void close() {
    rounds.cancel(false);
    thread.shutdown();
  }
}
