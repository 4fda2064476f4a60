package io.promptferry.poller;

import static io.promptferry.poller.Samples.jobName;
import static io.promptferry.poller.Samples.remote;
import static io.promptferry.poller.Samples.submitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.memory.KeyRing;
import io.promptferry.records.Job;
import io.promptferry.records.Lane;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each job is looked for with the key of the account that made it. */
class SeveralAccountsTest extends PollBench {

  private final WatchedProvider research = new WatchedProvider(clock);
  private final KeyRing keys = new KeyRing();

  @BeforeEach
  void giveKeys() {
    provider.listInPagesOf(100);
    research.listInPagesOf(100);
    keys.give("default", provider);
    keys.give("research", research);
    accounts = keys;
    restart(P0, 0);
  }

  private static Job ofResearch(String batchId) {
    Job job = submitted(batchId);
    job.getBatch().setLane(Lane.newBuilder().setModel("m").setAccount("research").build());
    return job;
  }

  @Test
  void eachIsAskedForWhereItIs() throws Exception {
    add(P0, 0, submitted("b1"));
    add(P0, 1, ofResearch("b2"));
    provider.show(remote("b1", "RUNNING"));
    research.show(remote("b2", "PENDING"));
    rounds(3);

    assertThat(states("b1")).containsExactly("RUNNING");
    assertThat(states("b2")).containsExactly("PENDING");
    assertThat(provider.asked()).doesNotContain(jobName("b2"));
    assertThat(research.asked()).doesNotContain(jobName("b1"));
  }

  @Test
  void anAccountWithoutAKeyHoldsUpNoOtherAndGoesOnWhenItHasOne() throws Exception {
    keys.take("default");
    add(P0, 0, submitted("b1"));
    add(P0, 1, ofResearch("b2"));
    provider.show(remote("b1", "RUNNING"));
    research.show(remote("b2", "RUNNING"));
    rounds(3);
    assertThat(states("b2")).containsExactly("RUNNING");
    assertThat(states("b1")).isEmpty();

    keys.give("default", provider);
    rounds(2);
    assertThat(states("b1")).containsExactly("RUNNING");
  }

  @Test
  void aSlowAccountStarvesNoOther() throws Exception {
    for (int i = 0; i < 20; i++) {
      add(P0, i, submitted("slow" + i));
      add(P0, 20 + i, ofResearch("quick" + i));
    }
    provider.listInPagesOf(0);
    research.listInPagesOf(0);
    provider.duringCall(() -> clock.advance(Duration.ofSeconds(6)));
    rounds(30);

    assertThat(research.asked()).hasSizeGreaterThanOrEqualTo(20);
  }

  @Test
  void whatAnotherKeySawIsNotBelievedToBeGone() throws Exception {
    add(P0, 0, submitted("b1"));
    provider.show(remote("b1", "RUNNING"));
    rounds(1);
    var ofAnotherProject = new WatchedProvider(clock);
    ofAnotherProject.listInPagesOf(100);
    ofAnotherProject.keyId("another");
    keys.give("default", ofAnotherProject);
    for (Duration past = Duration.ZERO;
        past.compareTo(GONE_AFTER.multipliedBy(3)) < 0;
        past = past.plusSeconds(61)) {
      rounds(1);
    }
    assertThat(states("b1")).containsExactly("RUNNING");

    keys.give("default", provider);
    provider.show(remote("b1", "SUCCEEDED", "files/out", null, null, null));
    rounds(1);
    assertThat(states("b1")).containsExactly("RUNNING", "SUCCEEDED");
  }
}
