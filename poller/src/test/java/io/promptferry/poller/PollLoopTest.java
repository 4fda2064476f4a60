package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.refused;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.Stats;
import io.promptferry.records.Job;
import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

class PollLoopTest extends PollBench {

  @RegisterExtension static final OpenTelemetryExtension OTEL = OpenTelemetryExtension.create();

  @Test
  void isReadyOnceItIsAssigned() {
    assertThat(loop().ready()).isFalse();
    assertThat(loop.ready()).isTrue();
  }

  @Test
  void reportsEachTransitionOnce() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "PENDING"));
    rounds(3);
    provider.show(remote("b1", "RUNNING", null, new Stats(10, 0, 0, 10), null, null));
    rounds(3);
    provider.show(remote("b1", "RUNNING", null, new Stats(10, 5, 0, 5), null, null));
    rounds(3);
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    rounds(3);

    assertThat(states("b1")).containsExactly("PENDING", "RUNNING", "RUNNING", "SUCCEEDED");
    assertThat(reported())
        .extracting(JobState::getTerminal)
        .containsExactly(false, false, false, true);
    assertThat(provider.asked()).as("after its end nobody asks for it").hasSize(10);
  }

  @Test
  void everyLineAboutAJobHasItsNameAndItsBatch() throws Exception {
    var logged = new HashMap<String, String>();
    provider.duringCall(() -> logged.putAll(MDC.getCopyOfContextMap()));
    add(P0, 0, submitted("b1"));
    loop.runOnce();

    assertThat(logged).isEqualTo(Map.of("batch", "b1", "job", jobName("b1")));
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  @Test
  void theRunOfAJobIsASpanOnceItHasEnded() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P0, 1, refused("b2", null));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();
    assertThat(OTEL.getSpans()).isEmpty();

    provider.show(remote("b1", "EXPIRED", null, null, null, T0.plusSeconds(7)));
    rounds(1);
    assertThat(OTEL.getSpans()).hasSize(1);
    SpanData span = OTEL.getSpans().get(0);
    assertThat(span.getName()).isEqualTo("run job");
    assertThat(span.getStatus().getDescription()).isEqualTo("expired");
    assertThat(span.getStartEpochNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(T0.getEpochSecond()));
    assertThat(span.getEndEpochNanos() - span.getStartEpochNanos())
        .isEqualTo(TimeUnit.SECONDS.toNanos(7));
    assertThat(span.getAttributes().asMap())
        .isEqualTo(
            Attributes.builder()
                .put("promptferry.batch.id", "b1")
                .put("promptferry.batch.prompts", 2)
                .put("promptferry.account", "default")
                .put("gen_ai.request.model", "m")
                .put("promptferry.job", jobName("b1"))
                .put("promptferry.outcome", "expired")
                .build()
                .asMap());
  }

  @Test
  void theRecordOfAStateIsKeyedByItsBatch() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();

    ProducerRecord<byte[], byte[]> record = producer.history().get(0);
    assertThat(record.topic()).isEqualTo("job-states");
    assertThat(record.key()).isEqualTo("b1".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLastStateHoldsTheSubmission() throws Exception {
    Job submission = submitted("b1");
    add(P0, 0, submission);
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    loop.runOnce();

    assertThat(reported())
        .singleElement()
        .extracting(JobState::getSubmission)
        .isEqualTo(submission);
    assertThat(meters.get("promptferry.jobs.ended").tag("state", "SUCCEEDED").counter().count())
        .isEqualTo(1);
  }

  @Test
  void aJobIsAskedForAgainWhenItIsDue() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    loop.runOnce();
    clock.advance(FIRST.minusMillis(1));
    loop.runOnce();
    assertThat(provider.asked()).hasSize(1);

    clock.advance(Duration.ofMillis(1));
    loop.runOnce();
    assertThat(provider.asked()).hasSize(2);
  }

  @Test
  void successWithoutItsResultFileIsWatchedOn() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "SUCCEEDED"));
    rounds(2);
    assertThat(committed(P0)).isEqualTo(0);

    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    rounds(1);
    assertThat(reported()).extracting(JobState::getTerminal).containsExactly(false, true);
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void aJobThatIsNotFoundIsWatchedOn() throws Exception {
    add(P0, 0, submitted("b1"));
    rounds(2);
    assertThat(reported()).isEmpty();
    assertThat(meters.get("promptferry.jobs.open").gauge().value()).isEqualTo(1);
    assertThat(
            meters.get("promptferry.provider.refusals").tag("kind", "NOT_FOUND").counter().count())
        .isEqualTo(2);

    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(states("b1")).containsExactly("EXPIRED");
  }

  @Test
  void aProviderThatFailsCostsNoJobAndHoldsUpNoOther() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P0, 1, submitted("b2"));
    for (ProviderException.Kind kind : ProviderException.Kind.values()) {
      provider.fail(jobName("b1"), kind);
      rounds(1);
    }
    provider.show(remote("b2", "EXPIRED"));
    rounds(1);
    assertThat(states("b1")).isEmpty();
    assertThat(states("b2")).containsExactly("EXPIRED");

    provider.show(remote("b1", "EXPIRED"));
    rounds(1);
    assertThat(states("b1")).containsExactly("EXPIRED");
  }

  @Test
  void givesUpAfterTheConfiguredTime() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "PENDING"));
    clock.advance(GIVE_UP_AFTER.minusMillis(1));
    loop.runOnce();
    assertThat(states("b1")).containsExactly("PENDING");

    clock.advance(Duration.ofMinutes(1));
    loop.runOnce();
    assertThat(states("b1")).containsExactly("PENDING", "GIVEN_UP");
    assertThat(reported().get(1).getSubmission()).isEqualTo(submitted("b1"));
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void givesUpAJobThatIsOutOfReach() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.fail(jobName("b1"), ProviderException.Kind.UNKNOWN);
    clock.advance(GIVE_UP_AFTER);
    loop.runOnce();

    assertThat(states("b1")).containsExactly("GIVEN_UP");
    assertThat(reported().get(0).getError().getMessage()).contains("out of reach");
  }

  @Test
  void aJobThatEndedInTheMeantimeIsNotGivenUp() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, T0));
    clock.advance(GIVE_UP_AFTER.multipliedBy(2));
    loop.runOnce();

    assertThat(states("b1")).containsExactly("SUCCEEDED");
  }

  @Test
  void aRefusalIsPassedOnAtOnceAndNobodyIsAsked() throws Exception {
    add(P0, 0, refused("b1", new JobError(400, "bad key")));
    loop.runOnce();

    assertThat(states("b1")).containsExactly("REFUSED");
    assertThat(provider.asked()).isEmpty();
    assertThat(committed(P0)).isEqualTo(1);
  }

  @Test
  void slowCallsLeaveNoJobUnasked() throws Exception {
    for (int i = 0; i < 5; i++) {
      add(i < 3 ? P0 : P1, i, submitted("b" + i));
    }
    provider.duringCall(() -> clock.advance(Duration.ofSeconds(4)));
    for (int i = 0; i < 4; i++) {
      loop.runOnce();
    }

    assertThat(Set.copyOf(provider.asked())).hasSize(5);
  }

  @Test
  void aRoundEndsBeforeItCostsTheMembership() throws Exception {
    for (int i = 0; i < 50; i++) {
      add(P0, i, submitted("b" + i));
    }
    provider.duringCall(() -> clock.advance(Duration.ofSeconds(1)));
    loop.runOnce();

    assertThat(provider.asked().size() + provider.listed()).isEqualTo(5);
  }

  @Test
  void closesWhatItOwns() {
    loop.close();

    assertThat(consumer.closed()).isTrue();
    assertThat(producer.closed()).isTrue();
  }
}
