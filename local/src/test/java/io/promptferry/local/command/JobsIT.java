package io.promptferry.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jobs commands and trace on a whole stack, while prompts go through it. */
class JobsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  @Timeout(120)
  void aBatchIsListedWatchedTracedComparedAndCancelled() throws Exception {
    StackSettings settings =
        // Its job runs until it is cancelled, however slow the machine.
        StackSettings.defaults(folder)
            .withDelays(Duration.ofMillis(300), Duration.ofHours(1))
            .with(Map.of("collector", Map.of("retry.max.attempts", "1")));
    try (LocalStack stack = LocalStack.start(settings, step -> {})) {
      run(stack, "jobs", "list");
      assertThat(lines()).containsExactly("0 batches");

      JsonNode first = running(stack, "one", "two", "two");
      String batch = first.get("batchId").textValue();
      String job = first.get("job").textValue();
      assertThat(first.get("count").intValue()).isEqualTo(3);
      assertThat(first.get("settled").booleanValue()).isFalse();

      run(stack, "jobs", "list", "--since", "1h");
      assertThat(lines()).hasSize(3);
      assertThat(lines().get(1)).startsWith(batch).contains(job, "gemini-2.5-flash", "LINGER");
      run(stack, "jobs", "show", job);
      assertThat(lines()).contains("batch     " + batch, "prompts   3, 0 left out of the job");
      assertThat(lines()).anyMatch(line -> line.matches("  prompts-\\d  .*attempt 1, offsets .*"));

      run(stack, "trace", "one");
      assertThat(steps()).startsWith("prompted", "sliced", "batched", "submitted", "job");
      assertThat(lines()).last().asString().contains("submitted: in the job of batch " + batch);
      run(stack, "trace", "two", "--json");
      assertThat(text(err)).startsWith("2 prompts have this id, the newest is told; the others: ");
      JsonNode trace = JSON.readTree(out.toByteArray());
      assertThat(trace.get("key").textValue()).isEqualTo("k");
      assertThat(trace.at("/now/stage").textValue()).isEqualTo("SUBMITTED");
      String coordinates = trace.get("prompt").textValue();

      assertThat(tryTo(stack, Map.of(), "jobs", "reconcile", "--grace", "0s")).isZero();
      assertThat(lines()).containsExactly("1 open batch: no finding");
      Map<String, String> other = Map.of("PROMPTFERRY_DEPLOYMENT", "another");
      assertThat(tryTo(stack, other, "jobs", "reconcile", "--grace", "0s", "--json")).isEqualTo(1);
      assertThat(JSON.readTree(out.toByteArray()).get("kind").textValue()).isEqualTo("UNKNOWN_JOB");

      run(stack, "jobs", "cancel", batch);
      assertThat(lines()).contains("nothing was done; --yes does it");
      run(stack, "jobs", "cancel", batch, "--json");
      assertThat(lines()).singleElement().asString().contains("\"asked\":false");
      assertThat(text(err)).contains("nothing was done; --yes does it");
      run(stack, "jobs", "list", "--json");
      assertThat(JSON.readTree(out.toByteArray()).get("ended").booleanValue()).isFalse();
      run(stack, "jobs", "cancel", job, "--yes", "--json");
      assertThat(lines()).hasSize(1);
      JsonNode cancelled = JSON.readTree(out.toByteArray());
      assertThat(cancelled.get("state").textValue()).startsWith("CANCEL");
      assertThat(cancelled.get("batchId").textValue()).isEqualTo(batch);
      assertThat(cancelled.get("job").textValue()).isEqualTo(job);
      assertThat(cancelled.get("count").intValue()).isEqualTo(3);
      assertThat(cancelled.get("asked").booleanValue()).isTrue();

      run(stack, "jobs", "watch", "--until-done", "--interval", "200ms", "--json");
      JsonNode settled = JSON.readTree(lines().get(lines().size() - 1));
      assertThat(settled.get("batchId").textValue()).isEqualTo(batch);
      assertThat(settled.get("state").textValue()).isEqualTo("CANCELLED");
      assertThat(settled.get("settled").booleanValue()).isTrue();
      assertThat(settled.get("at").textValue()).isNotBlank();

      JsonNode second = running(stack, "three", "four", "five");
      batch = second.get("batchId").textValue();
      job = second.get("job").textValue();
      run(stack, "jobs", "cancel", batch, "--yes");
      assertThat(lines()).singleElement().asString().startsWith(job + " is CANCEL");
      run(stack, "jobs", "watch", "--until-done", "--interval", "200ms");
      assertThat(lines()).last().asString().contains(batch + " CANCELLED (settled)", "3/3 landed");
      run(stack, "trace", coordinates);
      assertThat(steps()).contains("settled", "answered");
      assertThat(lines()).last().asString().startsWith("now     answered: FAILED, ");
      run(stack, "jobs", "list");
      assertThat(lines()).containsExactly("0 batches");
      run(stack, "jobs", "list", "--state", "settled", "--json");
      assertThat(JSON.readTree(out.toByteArray()).at("/receipt/totals/failed").longValue())
          .isEqualTo(3);
      run(stack, "receipts", "list", "--json");
      JsonNode receipt = JSON.readTree(lines().get(1));
      assertThat(receipt.get("batchId").textValue()).isEqualTo(batch);
      assertThat(receipt.get("settled").booleanValue()).isTrue();

      assertThat(tryTo(stack, Map.of(), "jobs", "cancel", batch)).isEqualTo(1);
      assertThat(text(err)).contains("has ended already: CANCELLED");
      assertThat(tryTo(stack, Map.of(), "jobs", "show", "nothing")).isEqualTo(1);
      assertThat(text(err))
          .startsWith("promptferry jobs show: no batch and no job is called nothing");
      assertThat(tryTo(stack, Map.of(), "trace", "nobody")).isEqualTo(1);
      assertThat(text(err)).startsWith("promptferry trace: none of 6 prompts since ");
      assertThat(tryTo(stack, Map.of(), "trace", "prompts-0-99")).isEqualTo(1);
      assertThat(text(err)).contains("nothing is committed at prompts-0-99 yet");
    }
  }

  /** Sends prompts of these ids and waits until their one job has been looked at. */
  private JsonNode running(LocalStack stack, String... ids) {
    StringBuilder prompts = new StringBuilder();
    Stream.of(ids)
        .forEach(
            id -> prompts.append("{\"key\":\"k\",\"id\":\"%s\",\"prompt\":\"p\"}%n".formatted(id)));
    assertThat(execute(stack, Map.of(), prompts.toString(), List.of("produce", "--file", "-")))
        .isZero();
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              run(stack, "jobs", "list", "--state", "PENDING,RUNNING", "--json");
              return JSON.readTree(out.toByteArray());
            },
            batch -> batch.has("job"));
  }

  private void run(LocalStack stack, String... words) {
    assertThat(tryTo(stack, Map.of(), words)).as(text(err)).isZero();
  }

  private int tryTo(LocalStack stack, Map<String, String> variables, String... words) {
    return execute(stack, variables, "", List.of(words));
  }

  private int execute(
      LocalStack stack, Map<String, String> variables, String in, List<String> words) {
    out.reset();
    err.reset();
    var all = new ArrayList<>(words);
    all.addAll(List.of("--bootstrap", stack.bootstrapServers(), "--registry", stack.registryUrl()));
    var environment =
        new HashMap<>(
            Map.of(
                "PROMPTFERRY_GEMINI_API_KEY",
                "simulator",
                "PROMPTFERRY_GEMINI_BASE_URL",
                stack.simulatorUrl().toString()));
    environment.putAll(variables);
    var here =
        new Surroundings(
            environment,
            Clock.systemUTC(),
            new ByteArrayInputStream(in.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return Commands.of(here).execute(all.toArray(String[]::new));
  }

  /** The names of a trace's steps. */
  private List<String> steps() {
    return lines().stream()
        .filter(line -> line.startsWith("20"))
        .map(line -> line.split(" +", -1)[1])
        .toList();
  }

  private List<String> lines() {
    return text(out).lines().toList();
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8);
  }
}
