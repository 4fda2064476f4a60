package io.promptferry.poller;

import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.records.Job;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job that is gone, and one that this key does not see. */
class NotFoundTest extends PollBench {

  /** Enough for the wait to be over, and for the job to be looked at. */
  private static final Duration OVER = GONE_AFTER.plusMinutes(3);

  @BeforeEach
  void list() {
    provider.listInPagesOf(100);
  }

  @Test
  void aJobThatWasSeenAndIsNotFoundForLongIsLost() throws Exception {
    seenThenNot();
    during(GONE_AFTER.minusMinutes(2));
    assertThat(states("b1")).containsExactly("RUNNING");
    assertThat(gauge("jobs.invisible")).isEqualTo(1);

    during(Duration.ofMinutes(5));
    assertThat(states("b1")).containsExactly("RUNNING", "LOST");
    assertThat(reported().get(1).getTerminal()).isTrue();
    assertThat(reported().get(1).getSubmission()).isEqualTo(submitted("b1"));
    assertThat(committed(P0)).isEqualTo(1);
    assertThat(gauge("jobs.invisible")).isZero();
  }

  @Test
  void oneThatComesBackWasNotGoneAndTheWaitBeginsAnew() throws Exception {
    seenThenNot();
    during(GONE_AFTER.minusMinutes(2));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    provider.forget(jobName("b1"));
    during(GONE_AFTER.minusMinutes(2));

    assertThat(states("b1")).containsExactly("RUNNING");
  }

  @Test
  void aFewAnswersAreNotBelievedHoweverLongAgo() throws Exception {
    seenThenNot();
    rounds(1);
    clock.advance(OVER);
    rounds(1);
    assertThat(states("b1")).containsExactly("RUNNING");
    rounds(1);
    assertThat(states("b1")).containsExactly("RUNNING", "LOST");
  }

  @Test
  void whileTheListCannotBeReadNothingIsConcluded() throws Exception {
    seenThenNot();
    provider.listInPagesOf(0);
    during(OVER.multipliedBy(2));
    assertThat(states("b1")).containsExactly("RUNNING");

    provider.listInPagesOf(100);
    rounds(1);
    assertThat(states("b1")).containsExactly("RUNNING", "LOST");
  }

  @Test
  void aJobThatIsListedIsNotGone() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    provider.hideFromGet(jobName("b1"));
    during(OVER.multipliedBy(2));

    assertThat(states("b1")).containsExactly("RUNNING");
  }

  @Test
  void aFailureIsNoAbsence() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    provider.fail(jobName("b1"), Kind.UNKNOWN);
    during(OVER.multipliedBy(2));

    assertThat(states("b1")).containsExactly("RUNNING");
    assertThat(gauge("jobs.invisible")).isZero();
  }

  @Test
  void aJobOfAKeyOfWhichNoneIsSeenIsWaitedForUntilItIsGivenUp() throws Exception {
    add(P0, 0, madeWith("other", "b1"));
    provider.show(remote("stranger", "RUNNING"));
    during(OVER.multipliedBy(5));
    assertThat(reported()).isEmpty();
    assertThat(gauge("jobs.invisible")).isEqualTo(1);
    assertThat(provider.listed()).as("no list would change the conclusion").isZero();

    clock.advance(GIVE_UP_AFTER);
    rounds(1);
    assertThat(states("b1")).containsExactly("GIVEN_UP");
    assertThat(reported().get(0).getError().getMessage()).contains("not found");
  }

  @Test
  void oneThatWasSeenUnderAnotherKeyIsNotBelievedToBeGone() throws Exception {
    Job job = madeWith("other", "b1");
    add(P0, 0, job);
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    provider.forget(jobName("b1"));
    restart(P0, 0, job);
    during(OVER.multipliedBy(2));

    assertThat(states("b1")).containsExactly("RUNNING");
  }

  @Test
  void whereOneJobOfAKeyIsSeenItsOthersWouldBeSeenToo() throws Exception {
    add(P0, 0, madeWith("other", "b1"));
    add(P0, 1, madeWith("other", "b2"));
    provider.show(remote("b1", "RUNNING"));
    during(OVER);

    assertThat(states("b2")).containsExactly("LOST");
  }

  /** The account went to another project and came back. */
  @Test
  void jobsBeforeAndAfterProveNothingOfOneThatAnotherKeyMade() throws Exception {
    Job between = madeWith("other", "b2");
    between.setAt(between.getAt().plusSeconds(1));
    Job after = submitted("b3");
    after.setAt(after.getAt().plusSeconds(2));
    add(P0, 0, submitted("b1"));
    add(P0, 1, between);
    add(P0, 2, after);
    provider.show(remote("b1", "RUNNING"));
    provider.show(remote("b3", "RUNNING"));
    during(OVER);

    assertThat(states("b2")).isEmpty();
  }

  @Test
  void aJobOfAnUnknownKeyIsNotBelievedToBeGone() throws Exception {
    add(P0, 0, madeWith("", "b1"));
    add(P0, 1, madeWith("", "b2"));
    provider.show(remote("b1", "RUNNING"));
    during(OVER);

    assertThat(states("b2")).isEmpty();
  }

  @Test
  void anotherAccountProvesNothing() throws Exception {
    Job other = submitted("b2");
    other.getBatch().getLane().setAccount("other");
    add(P0, 0, submitted("b1"));
    add(P0, 1, other);
    provider.show(remote("b1", "RUNNING"));
    during(OVER);

    assertThat(states("b2")).isEmpty();
  }

  private static Job madeWith(String key, String batchId) {
    Job job = submitted(batchId);
    job.setKey(key);
    return job;
  }

  private void seenThenNot() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    provider.forget(jobName("b1"));
  }

  private void during(Duration time) throws Exception {
    rounds((int) (time.toSeconds() / 61));
  }
}
