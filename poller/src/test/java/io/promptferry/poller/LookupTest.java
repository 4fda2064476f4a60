package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.ProviderException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** List or get, whichever is fewer calls. */
class LookupTest extends PollBench {

  @Test
  void manyJobsAreLookedAtInOneCall() throws Exception {
    provider.listInPagesOf(100);
    watch(50);
    rounds(3);

    assertThat(provider.listed()).isEqualTo(3);
    assertThat(provider.asked()).isEmpty();
    assertThat(reported()).hasSize(50);
    assertThat(count("provider.calls", "call", "list")).isEqualTo(3);
  }

  @Test
  void aSingleJobIsAskedForByName() throws Exception {
    provider.listInPagesOf(100);
    watch(1);
    rounds(3);

    assertThat(provider.listed()).isZero();
    assertThat(count("provider.calls", "call", "get")).isEqualTo(3);
  }

  @Test
  void pagesAreReadAsLongAsTheyHoldWantedJobs() throws Exception {
    provider.listInPagesOf(10);
    watch(25);
    strangers(1000);
    watchMore(25, 25);
    rounds(1);
    // Three pages for the younger half; then none shows any, until as many were read as there are
    // jobs to look at.
    assertThat(provider.listed()).isLessThanOrEqualTo(50);
    assertThat(provider.asked()).hasSize(25);

    int before = provider.listed();
    rounds(1);
    assertThat(provider.listed() - before).as("learnt: the older half is far down").isEqualTo(3);
    assertThat(provider.asked()).hasSize(50);
  }

  @Test
  void aListThatShowsNoneOfOursIsLeftAlone() throws Exception {
    provider.listInPagesOf(10);
    watch(5);
    strangers(1000);
    rounds(1);
    assertThat(provider.listed()).isEqualTo(5);
    rounds(10);
    assertThat(provider.listed()).isEqualTo(5);
    assertThat(provider.asked()).hasSize(55);
  }

  @Test
  void aJobThatIsNotOnTheListIsAskedForByName() throws Exception {
    provider.listInPagesOf(100);
    watch(3);
    add(P0, 3, submitted("unseen"));
    rounds(1);

    assertThat(provider.asked()).containsExactly(jobName("unseen"));
    assertThat(states("unseen")).isEmpty();
  }

  @Test
  void successWithoutResultsOnTheListIsLookedAtAlone() throws Exception {
    provider.listInPagesOf(100);
    watch(3);
    rounds(1);
    provider.show(remote("b1", "SUCCEEDED"));
    rounds(1);

    assertThat(provider.asked()).containsExactly(jobName("b1"));
    assertThat(states("b1")).containsExactly("RUNNING", "SUCCEEDED");
  }

  @Test
  void aListShowsAlsoWhatIsNotDueYet() throws Exception {
    provider.listInPagesOf(100);
    watch(3);
    loop.runOnce();
    clock.advance(FIRST.minusMillis(100));
    watchMore(3, 2);
    provider.show(remote("b0", "EXPIRED"));
    loop.runOnce();

    assertThat(states("b0")).containsExactly("RUNNING", "EXPIRED");
    assertThat(provider.asked()).isEmpty();
  }

  @Test
  void whatIsDueSoonIsLookedAtTogether() throws Exception {
    provider.listInPagesOf(100);
    for (int i = 0; i < 2; i++) {
      watchMore(i, 1);
      loop.runOnce();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(provider.asked()).hasSize(2);

    clock.advance(FIRST.minusSeconds(2));
    loop.runOnce();
    assertThat(provider.asked()).hasSize(2);
    assertThat(provider.listed()).isEqualTo(1);
  }

  @Test
  void aListThatCannotBeReadCostsNoJob() throws Exception {
    watch(3);
    rounds(1);
    assertThat(provider.listed()).isEqualTo(1);
    assertThat(reported()).hasSize(3);
    assertThat(count("provider.refusals", "call", "list", "kind", "REFUSED")).isEqualTo(1);

    clock.advance(FIRST);
    loop.runOnce();
    assertThat(provider.listed()).as("not at once again").isEqualTo(1);
  }

  @Test
  void aBusyProviderIsNotAskedForEachJob() throws Exception {
    watch(20);
    for (int i = 0; i < 20; i++) {
      provider.fail(jobName("b" + i), Kind.BUSY);
    }
    loop.runOnce();
    loop.runOnce();
    assertThat(provider.asked()).hasSize(1);

    clock.advance(FIRST);
    loop.runOnce();
    assertThat(provider.asked()).hasSize(2);
  }

  private void watch(int jobs) {
    watchMore(0, jobs);
  }

  private void watchMore(int from, int jobs) {
    for (int i = from; i < from + jobs; i++) {
      add(P0, i, submitted("b" + i));
      provider.show(remote("b" + i, "RUNNING"));
    }
  }

  private void strangers(int jobs) {
    for (int i = 0; i < jobs; i++) {
      provider.show(remote("stranger" + i, "SUCCEEDED", "files/x", null, null, T0));
    }
  }
}
