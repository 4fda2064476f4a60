package io.promptferry.batcher.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.submit.Bench.Story;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.batcher.submit.Script.Fate;
import io.promptferry.batcher.submit.Script.Fault;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Skipped;
import io.promptferry.runtime.kafka.RevokedException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ways of one batch that are worth a name; all others are in {@link SubmissionFaultsTest}. */
class SubmissionTest {

  /** A call of this length is past the time to give up. */
  private static final Duration PAST_GIVING_UP = Bench.GIVE_UP_AFTER.plusSeconds(1);

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

  private Story story(Fault... faults) {
    return bench.new Story(Script.of(faults));
  }

  private static Fault fault(int call, Fate fate) {
    return new Fault(call, fate, 0);
  }

  private static void assertOneJobOnRecord(Story story) {
    assertThat(story.provider.live()).hasSize(1);
    assertThat(story.lastJob().getPhase()).isEqualTo(JobPhase.SUBMITTED);
    assertThat(story.lastJob().getJob()).isEqualTo(story.provider.live().get(0).name());
    assertThat(story.offsets()).endsWith(Bench.OFFSET + 1);
  }

  private static void assertRefused(Story story, int code) {
    Job refused = story.lastJob();
    assertThat(refused.getPhase()).isEqualTo(JobPhase.REFUSED);
    assertThat(refused.getRefusal()).isNotNull();
    assertThat(refused.getRefusal().getCode()).isEqualTo(code);
    assertThat(refused.getRefusal().getMessage()).startsWith("scripted");
    assertThat(refused.getJob()).isNull();
    assertThat(story.provider.jobs).isEmpty();
    assertThat(story.offsets()).endsWith(Bench.OFFSET + 1);
  }

  @Test
  void intentThenCreateThenTheRecordOfTheJob() throws Exception {
    Story story = story();
    story.run();

    assertThat(story.script.calls)
        .containsExactly(Call.UPLOAD, Call.COMMIT, Call.CREATE, Call.COMMIT);
    assertThat(story.phases()).containsExactly(JobPhase.INTENT, JobPhase.SUBMITTED);
    // The batch is not finished before its job is on record.
    assertThat(story.offsets()).containsExactly(Bench.OFFSET, Bench.OFFSET + 1);
    assertThat(story.provider.files)
        .containsOnlyKeys("files/" + Bench.BATCH_ID + "-1")
        .allSatisfy(
            (name, content) ->
                assertThat(new String(content, UTF_8).lines())
                    .extracting(line -> line.substring(0, 14))
                    .containsExactly(
                        "{\"key\":\"3-7\",\"", "{\"key\":\"3-8\",\"", "{\"key\":\"3-11\","));
    assertThat(story.provider.jobs.get(0).displayName()).isEqualTo(Bench.DISPLAY_NAME);
    Job submitted = story.lastJob();
    assertThat(submitted.getBatch()).isEqualTo(Bench.batch());
    assertThat(submitted.getFile()).isEqualTo("files/" + Bench.BATCH_ID + "-1");
    assertThat(submitted.getAt())
        .as("the provider's time")
        .isEqualTo(ManualClock.START.plusSeconds(2));
    assertOneJobOnRecord(story);
    assertThat(story.spool()).as("the local file").doesNotExist();
  }

  @Test
  void aBusyProviderIsAskedAgainWithTheSameFile() throws Exception {
    Story story = story(fault(2, Fate.BUSY), fault(3, Fate.REFUSED));
    story.run();
    assertThat(story.phases()).containsExactly(JobPhase.INTENT, JobPhase.SUBMITTED);
    assertThat(story.provider.attempts).hasSize(3).containsOnly(story.lastJob().getFile());
    assertThat(
            story
                .metrics
                .counter("promptferry.provider.refusals", "call", "create", "kind", "BUSY")
                .count())
        .isEqualTo(1);
    assertOneJobOnRecord(story);
  }

  @Test
  void anUploadThatFailedIsTriedUnderAnotherName() throws Exception {
    Story story = story(fault(0, Fate.REPLY_LOST));
    story.run();
    assertThat(story.lastJob().getFile()).isEqualTo("files/" + Bench.BATCH_ID + "-2");
    assertOneJobOnRecord(story);
  }

  @Test
  void aLostReplyToCreateIsSettledByLooking() throws Exception {
    Story story = story(fault(2, Fate.REPLY_LOST));
    story.run();
    assertThat(story.script.calls)
        .containsExactly(Call.UPLOAD, Call.COMMIT, Call.CREATE, Call.FIND, Call.COMMIT);
    assertThat(story.provider.attempts).hasSize(1);
    assertOneJobOnRecord(story);
  }

  @Test
  void whatWasNotCreatedIsCreatedFromANewFileUnderANewIntent() throws Exception {
    Story story = story(fault(2, Fate.UNKNOWN));
    story.run();
    assertThat(story.phases())
        .containsExactly(JobPhase.INTENT, JobPhase.INTENT, JobPhase.SUBMITTED);
    assertThat(story.provider.attempts).doesNotHaveDuplicates().hasSize(2);
    assertThat(story.provider.files).containsOnlyKeys(story.lastJob().getFile());
    assertOneJobOnRecord(story);
  }

  /** The job is there all along, and the listing shows it only later. */
  @Test
  void absenceIsNotBelievedBeforeTheQuarantineIsOver() throws Exception {
    Story story = story(fault(2, Fate.REPLY_LOST));
    story.provider.listLag = Bench.QUARANTINE.minusSeconds(5);
    story.run();
    assertThat(story.script.calls)
        .containsExactly(
            Call.UPLOAD, Call.COMMIT, Call.CREATE, Call.FIND, Call.DISCARD, Call.FIND, Call.COMMIT);
    assertThat(story.provider.jobs).hasSize(1);
    assertOneJobOnRecord(story);
  }

  /** The same for a job of a life that ended just now. */
  @Test
  void theQuarantineHoldsForIntentsOfEarlierLives() throws Exception {
    Story story = story(fault(2, Fate.CRASH_AFTER));
    story.provider.listLag = Bench.QUARANTINE.minusSeconds(5);
    story.run();
    assertThat(story.provider.jobs).hasSize(1);
    assertOneJobOnRecord(story);
  }

  @Test
  void withoutAQuarantineALaggingListingCostsASecondJob() throws Exception {
    Story story = story(fault(2, Fate.REPLY_LOST));
    story.provider.listLag = Duration.ofSeconds(25);
    story.quarantine = Duration.ZERO;
    story.run();
    assertThat(story.provider.jobs).hasSize(2);
  }

  @Test
  void aFileThatHasExpiredIsUploadedAgain() throws Exception {
    Story story = story(fault(2, Fate.NOT_FOUND));
    story.run();
    assertThat(story.provider.attempts).doesNotHaveDuplicates().hasSize(2);
    assertOneJobOnRecord(story);
  }

  @Test
  void theNextLifeAdoptsTheJobThatTheLastOneDidNotRecord() throws Exception {
    Story story = story(fault(3, Fate.CRASH_BEFORE));
    story.run();
    assertThat(story.crashes).isEqualTo(1);
    assertThat(story.provider.jobs).hasSize(1);
    assertThat(story.phases()).containsExactly(JobPhase.INTENT, JobPhase.SUBMITTED);
    assertOneJobOnRecord(story);
  }

  @Test
  void anIntentOfAnEarlierLifeIsLookedForBeforeAnythingIsUploaded() throws Exception {
    Story story = story(fault(1, Fate.CRASH_AFTER));
    story.run();
    assertThat(story.script.calls.subList(2, 6))
        .containsExactly(Call.FIND, Call.DISCARD, Call.FIND, Call.UPLOAD);
    assertOneJobOnRecord(story);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"BUSY", "REFUSED"})
  void whatTheProviderCertainlyDidNotTakeIsGivenUpInTheEnd(Fate fate) throws Exception {
    Story story = bench.new Story(new Script().always(Call.CREATE, fate), Duration.ofMinutes(2));
    story.run();
    assertThat(story.phases()).containsExactly(JobPhase.INTENT, JobPhase.REFUSED);
    assertThat(story.provider.attempts).hasSizeGreaterThan(2);
    assertThat(story.provider.files).as("the file that waited for its job").isEmpty();
    assertThat(story.script.calls)
        .as("deleted once it is settled")
        .endsWith(Call.COMMIT, Call.DISCARD);
    assertRefused(story, fate == Fate.BUSY ? 429 : 400);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"KEPT", "BUSY", "REFUSED", "UNKNOWN", "CRASH_BEFORE"})
  void aFileThatIsNotDeletedWithItsBatchHoldsUpNothing(Fate fate) throws Exception {
    Script script = new Script().always(Call.CREATE, Fate.REFUSED).always(Call.DISCARD, fate);
    Story story = bench.new Story(script, Duration.ofMinutes(2));
    story.run();
    assertThat(story.phases()).containsExactly(JobPhase.INTENT, JobPhase.REFUSED);
    assertThat(story.script.calls).endsWith(Call.COMMIT, Call.DISCARD);
    assertThat(story.provider.files).as("left to the sweep").hasSize(1);
  }

  @Test
  void anUploadThatNeverSucceedsIsGivenUpInTheEnd() throws Exception {
    Story story =
        bench.new Story(new Script().always(Call.UPLOAD, Fate.BUSY), Duration.ofMinutes(2));
    story.run();
    assertThat(story.phases()).containsExactly(JobPhase.REFUSED);
    assertRefused(story, 429);
    assertThat(story.spool()).doesNotExist();
  }

  /** A model that does not exist is a 404 on every create; a provider that is down is a 503. */
  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"NOT_FOUND", "UNKNOWN"})
  void aCreateThatAlwaysFailsIsGivenUpOnceThereIsNoDoubtLeft(Fate fate) throws Exception {
    Story story = bench.new Story(new Script().always(Call.CREATE, fate), Duration.ofMinutes(1));
    story.run();
    assertRefused(story, fate == Fate.NOT_FOUND ? 404 : 503);
    assertThat(story.provider.attempts).hasSizeGreaterThan(1);
    // Looked, deleted and looked again after the last attempt.
    int last = story.script.calls.lastIndexOf(Call.CREATE);
    assertThat(story.script.calls.subList(last + 1, story.script.calls.size()))
        .containsExactly(Call.FIND, Call.DISCARD, Call.FIND, Call.COMMIT);
  }

  @Test
  void nothingIsGivenUpWhileAJobMayExist() throws Exception {
    Story story =
        bench
        .new Story(
            Script.of(fault(2, Fate.REPLY_LOST), fault(3, Fate.UNKNOWN), fault(4, Fate.BUSY)),
            PAST_GIVING_UP);
    story.run();
    assertThat(story.phases()).containsExactly(JobPhase.INTENT, JobPhase.SUBMITTED);
    assertOneJobOnRecord(story);
  }

  @Test
  void aBatchThatWaitedTooLongIsTriedOnceBeforeItIsGivenUp() throws Exception {
    Story story = bench.new Story(new Script(), PAST_GIVING_UP);
    story.run();
    assertOneJobOnRecord(story);
    Story later = bench.new Story(Script.of(fault(1, Fate.CRASH_AFTER)), PAST_GIVING_UP);
    later.run();
    assertOneJobOnRecord(later);
  }

  @Test
  void whenEveryPromptIsSkippedThereIsNoJob() throws Exception {
    Story story = story();
    story.log.clear();
    for (long offset : new long[] {7, 8, 11}) {
      PromptEvent late = Prompts.event("late");
      late.setDeadline(ManualClock.START);
      bench.append(story.log, 3, offset, late);
    }
    story.run();

    assertThat(story.script.calls).containsExactly(Call.COMMIT);
    Job refused = story.lastJob();
    assertThat(refused.getPhase()).isEqualTo(JobPhase.REFUSED);
    assertThat(refused.getRefusal()).isNull();
    assertThat(refused.getFile()).isNull();
    assertThat(refused.getSkipped())
        .extracting(Skipped::getOffset, Skipped::getReason)
        .containsExactly(
            tuple(7L, "DEADLINE_PASSED"),
            tuple(8L, "DEADLINE_PASSED"),
            tuple(11L, "DEADLINE_PASSED"));
    assertThat(story.offsets()).containsExactly(Bench.OFFSET + 1);
    assertThat(story.spool()).doesNotExist();
  }

  @Test
  void aPartitionThatIsLostBeforeTheIntentCreatesNothing() {
    Story story = story();
    Submission submission = story.submission();
    bench.owned.close();
    assertThatThrownBy(() -> submission.attempt()).isInstanceOf(RevokedException.class);
    assertThat(story.jobs()).isEmpty();
    assertThat(story.provider.attempts).isEmpty();
    assertThat(story.spool()).doesNotExist();
  }

  @Test
  void aPartitionThatIsLostWhileTheProviderIsBusyIsLeft() {
    Story story = bench.new Story(new Script().always(Call.CREATE, Fate.BUSY));
    Submission submission = story.submission();
    story.provider.beforeCreate = file -> bench.owned.close();
    assertThatThrownBy(() -> story.see(submission)).isInstanceOf(RevokedException.class);
    assertThat(story.provider.attempts).hasSize(1);
    assertThat(story.phases()).containsExactly(JobPhase.INTENT);
  }
}
