package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fate;
import io.promptferry.batcher.submit.Script.Fault;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.RemoteJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoubtTest {

  private static final String NAME = "ferry/b";
  private static final String FILE = "files/b-1";
  private static final Instant EARLY = ManualClock.START;
  private static final Instant LATER = EARLY.plusSeconds(5);

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private Script script = new Script();
  private ScriptedProvider provider = provider(script);

  private static ScriptedProvider provider(Script script) {
    var provider = new ScriptedProvider(script, new ManualClock(), Duration.ZERO);
    provider.remote.put(FILE, "");
    return provider;
  }

  private void play(Fault... faults) {
    script = Script.of(faults);
    provider = provider(script);
  }

  private Optional<RemoteJob> settle() {
    var doubt = new Doubt(provider, metrics);
    return doubt.lookThenFence(NAME, FILE).or(() -> doubt.lastLook(NAME));
  }

  private RemoteJob job(String name, String state, @Nullable Instant created) {
    return provider.add(name, NAME, state, created);
  }

  @Test
  void aJobThatIsThereIsAdoptedAndItsFileLeftAlone() {
    RemoteJob job = job("batches/1", "RUNNING", EARLY);
    assertThat(settle()).contains(job);
    assertThat(script.calls).containsExactly(Call.FIND);
    assertThat(provider.files).containsKey(FILE);
  }

  @Test
  void jobsOfOtherNamesAreNoneOfOurs() {
    provider.add("batches/1", NAME + "c", "RUNNING", EARLY);
    assertThat(settle()).isEmpty();
    assertThat(provider.live()).hasSize(1);
  }

  @Test
  void theOldestIsAdoptedAndTheYoungerAreCancelled() {
    job("batches/3", "RUNNING", LATER);
    job("batches/2", "PENDING", EARLY);
    job("batches/1", "PENDING", null);
    assertThat(settle()).map(RemoteJob::name).contains("batches/2");
    assertThat(provider.live()).extracting(RemoteJob::name).containsExactly("batches/2");
    assertThat(metrics.counter("promptferry.jobs.duplicates.cancelled").count()).isEqualTo(2);
  }

  @Test
  void ofTwoOfTheSameAgeAllAdoptTheSame() {
    job("batches/b", "PENDING", EARLY);
    job("batches/a", "PENDING", EARLY);
    assertThat(settle()).map(RemoteJob::name).contains("batches/a");
  }

  @Test
  void aYoungerOneThatHasEndedIsNotCancelled() {
    job("batches/1", "PENDING", EARLY);
    job("batches/2", "FAILED", LATER);
    assertThat(settle()).map(RemoteJob::name).contains("batches/1");
    assertThat(script.calls).containsExactly(Call.FIND);
  }

  @Test
  void aJobThatHasEndedIsAdoptedAllTheSame() {
    job("batches/1", "SUCCEEDED", EARLY);
    assertThat(settle()).map(RemoteJob::name).contains("batches/1");
  }

  @Test
  void looksThenDeletesTheFileThenLooksAgain() {
    assertThat(settle()).isEmpty();
    assertThat(script.calls).containsExactly(Call.FIND, Call.DISCARD, Call.FIND);
    assertThat(provider.files).isEmpty();
  }

  @Test
  void countsWhatWasFoundAndWhatWasAbsent() {
    assertThat(settle()).isEmpty();
    assertThat(settled("absent")).isEqualTo(1);
    job("batches/1", "PENDING", EARLY);
    assertThat(settle()).isPresent();
    assertThat(settled("found")).isEqualTo(1);
    assertThat(settled("absent")).isEqualTo(1);
  }

  private double settled(String outcome) {
    return metrics.counter("promptferry.doubts.settled", "outcome", outcome).count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCreateThatComesBeforeTheDeletionIsFound(int lateBy) {
    play(new Fault(0, Fate.LATE, lateBy));
    assertThatThrownBy(() -> provider.create("m", FILE, NAME))
        .isInstanceOf(ProviderException.class);
    // Before the first look, or between it and the deletion.
    assertThat(settle()).map(RemoteJob::name).contains("batches/0");
    assertThat(provider.live()).hasSize(1);
  }

  @Test
  void aCreateThatComesAfterTheDeletionFails() {
    play(new Fault(0, Fate.LATE, 3));
    assertThatThrownBy(() -> provider.create("m", FILE, NAME))
        .isInstanceOf(ProviderException.class);
    assertThat(settle()).isEmpty();
    script.landAll();
    assertThat(provider.jobs).isEmpty();
  }

  @Test
  void absenceIsNotBelievedWhileTheFileStays() {
    play(new Fault(1, Fate.KEPT, 0));
    assertThatThrownBy(this::settle)
        .isInstanceOfSatisfying(
            ProviderException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
              assertThat(e).hasMessageContaining(FILE).hasMessageContaining("cannot be deleted");
            });
    assertThat(script.calls).containsExactly(Call.FIND, Call.DISCARD);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatTheProviderDoesNotAnswerSettlesNothing(int call) {
    play(new Fault(call, Fate.UNKNOWN, 0));
    assertThatThrownBy(this::settle).isInstanceOf(ProviderException.class);
    assertThat(script.calls).hasSize(call + 1);
  }
}
