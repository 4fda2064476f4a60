package io.promptferry.local.trace;

import static io.promptferry.local.jobs.Batches.at;
import static io.promptferry.local.jobs.Batches.batch;
import static io.promptferry.local.jobs.Batches.intent;
import static io.promptferry.local.jobs.Batches.lane;
import static io.promptferry.local.jobs.Batches.receipt;
import static io.promptferry.local.jobs.Batches.running;
import static io.promptferry.local.jobs.Batches.span;
import static io.promptferry.local.jobs.Batches.state;
import static io.promptferry.local.jobs.Batches.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.DeadLetter;
import io.promptferry.local.trace.Whereabouts.Stage;
import io.promptferry.records.Batch;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Skipped;
import io.promptferry.records.Slice;
import io.promptferry.records.Status;
import io.promptferry.spans.Run;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrailTest {

  private static final Coordinates PROMPT = new Coordinates("prompts", 1, 12);

  private final Trail trail = new Trail(PROMPT, Optional.of(at(0)));

  @Test
  void aPromptGoesFromStageToStage() {
    expect(3, Stage.PROMPTED, "written 3s ago and not sliced yet, which takes about a second");
    expect(60, Stage.PROMPTED, "the batcher is behind or does not run");

    trail.add(slice(1, null, new Run(10, 19)), at(1));
    expect(
        13,
        Stage.SLICED,
        "sliced 12s ago, in no closed batch yet: it waits for the window of batch.schedule.cron where there is one, or is in the open batch of lane");

    Batch batch = batch("a", 14);
    trail.add(batch);
    expect(15, Stage.BATCHED, "batch a was closed 1s ago and has no job yet");
    trail.add(intent(batch, 15));
    expect(16, Stage.BATCHED, "its job is being created");
    trail.add(submitted(batch, "batches/a", 17));
    expect(18, Stage.SUBMITTED, "which the poller has not looked at yet");
    trail.add(running("a", 3, 20, 82));
    trail.add(running("a", 5, 25, 82));
    expect(22, Stage.SUBMITTED, "in the job of batch a, RUNNING; the end is expected in 1m");
    trail.add(state("a", "SUCCEEDED", true, 60));
    expect(61, Stage.LANDING, "was seen SUCCEEDED 1s ago");
    trail.add(receipt("a", true, 10, 0, 62));
    expect(63, Stage.MISSING, "no answer was found");
    trail.add(answer(Status.SUCCEEDED, 64));
    expect(70, Stage.ANSWERED, "SUCCEEDED, 1m after the prompt");

    assertThat(Steps.of(trail))
        .extracting(step -> step.name() + " " + step.text())
        .containsExactly(
            "prompted at prompts-1-12",
            "sliced for lane gemini-2.5-flash, attempt 1, with 9 others",
            "batched in a, attempt 1, with 9 others, closed by LINGER",
            "submitted as batches/a",
            "job RUNNING, 5 of 10 requests done",
            "job SUCCEEDED",
            "settled the batch: 10 succeeded, 0 failed, 0 sent round again, 0 vanished",
            "answered SUCCEEDED at responses.k-0-5");
  }

  @Test
  void whatIsOfOtherPromptsIsPassedOver() {
    trail.add(slice(1, null, new Run(0, 11), new Run(13, 20)), at(1));
    Batch other = batch("b", 14, span(1, new Run(13, 20)));
    trail.add(other);
    trail.add(submitted(other, "batches/b", 15));
    trail.add(state("b", "SUCCEEDED", true, 16));
    trail.add(receipt("b", true, 8, 0, 17));
    trail.add(letter(new Coordinates("prompts", 0, 12)));
    expect(3, Stage.PROMPTED, "not sliced yet");
    assertThat(Steps.of(trail)).hasSize(1);
  }

  @Test
  void aRetryWaitsForItsNextBatch() {
    trail.add(slice(1, null, new Run(10, 19)), at(1));
    Batch first = batch("a", 5);
    trail.add(submitted(first, "batches/a", 6));
    trail.add(state("a", "EXPIRED", true, 60));
    trail.add(receipt("a", true, 0, 0, 61));
    trail.add(slice(2, at(120), new Run(12, 12)), at(61));
    expect(90, Stage.KEPT_BACK, "for attempt 2, kept back for another 30s");
    expect(121, Stage.SLICED, "in no closed batch yet");
    trail.add(batch("b", 130, span(2, new Run(12, 12))));
    expect(131, Stage.BATCHED, "batch b was closed 1s ago");
    assertThat(Steps.of(trail))
        .extracting(Step::text)
        .contains("in b, attempt 2, with no others, closed by LINGER");
  }

  @Test
  void aPromptThatWasLeftOutOfItsJobIsTold() {
    Batch batch = batch("a", 5);
    trail.add(
        submitted(
            batch,
            "batches/a",
            6,
            Skipped.newBuilder().setSpan(0).setOffset(12).setReason("DEADLINE_PASSED").build(),
            Skipped.newBuilder().setSpan(0).setOffset(13).setReason("BAD_SCHEMA").build()));
    assertThat(Steps.of(trail).stream().filter(step -> step.name().equals("skipped")))
        .extracting(Step::text)
        .containsExactly("left out of the job: DEADLINE_PASSED");
  }

  @Test
  void aRejectedPromptIsTold() {
    trail.add(letter(PROMPT));
    expect(9, Stage.REJECTED, "rejected 7s ago");
    trail.add(answer(Status.FAILED, 10));
    expect(11, Stage.ANSWERED, "FAILED");
    assertThat(Steps.of(trail))
        .extracting(Step::name)
        .containsExactly("prompted", "rejected", "answered");
  }

  @Test
  void aPromptThatIsGoneMayBeRemembered() {
    var gone = new Trail(PROMPT, Optional.empty());
    assertThat(Whereabouts.of(gone, at(0)).stage()).isEqualTo(Stage.UNKNOWN);
    gone.add(answer(Status.SUCCEEDED, 64));
    assertThat(Whereabouts.of(gone, at(0)).stage()).isEqualTo(Stage.ANSWERED);
  }

  @Test
  void linesEndWithWhereItIs() {
    var prompt =
        new Prompt(
            PROMPT,
            Optional.of(at(0)),
            Optional.of(new byte[] {'k'}),
            Optional.of("order-1"),
            Optional.empty());
    var trace = new Trace(prompt, Steps.of(trail), Whereabouts.of(trail, at(3)));
    List<String> lines = trace.lines();
    assertThat(lines.get(0)).isEqualTo("prompt  prompts-1-12, id order-1, key k");
    assertThat(lines.get(1)).isEqualTo("2026-03-10T12:00:00Z  prompted    at prompts-1-12");
    assertThat(lines.get(2)).startsWith("now     prompted: written 3s ago");
    assertThat(trace.json().at("/now/stage").textValue()).isEqualTo("PROMPTED");
    assertThat(trace.json().at("/steps/0/step").textValue()).isEqualTo("prompted");
  }

  private void expect(int now, Stage stage, String text) {
    Whereabouts found = Whereabouts.of(trail, at(now));
    assertThat(found.stage()).isEqualTo(stage);
    assertThat(found.text()).contains(text);
  }

  private static Slice slice(int attempt, @Nullable Instant notBefore, Run... runs) {
    return Slice.newBuilder()
        .setLane(lane())
        .setSpan(span(attempt, runs))
        .setBytes(1)
        .setTokens(1)
        .setNotBefore(notBefore)
        .build();
  }

  private static Answer answer(Status status, int at) {
    return new Answer(
        new Coordinates("responses.k", 0, 5),
        at(at),
        PromptResponse.newBuilder()
            .setId("order-1")
            .setStatus(status)
            .setPromptedAt(at(0))
            .build());
  }

  private static DeadLetter letter(Coordinates prompt) {
    return new DeadLetter(
        new Coordinates("prompts.dlq", 0, 3),
        at(2),
        at(0),
        "BAD_MODEL",
        "no such model",
        prompt,
        Optional.empty(),
        0,
        OptionalLong.empty(),
        false);
  }
}
