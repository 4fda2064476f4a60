package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionWatchTest {

  private final PartitionWatch watch = new PartitionWatch(new Past());

  @Test
  void thereIsNothingToCommitBeforeAnythingWasRead() {
    assertThat(watch.hasNews()).isFalse();
  }

  @Test
  void thePositionIsTheOldestOpenJob() {
    watch.pass(3);
    WatchedJob first = add(4);
    WatchedJob second = add(5);
    WatchedJob third = add(6);
    assertThat(watch.hasNews()).isTrue();
    assertThat(watch.position()).isEqualTo(4);

    end(second);
    assertThat(watch.position()).isEqualTo(4);
    end(first);
    assertThat(watch.position()).isEqualTo(6);
    end(third);
    assertThat(watch.position()).isEqualTo(7);
    assertThat(watch.open()).isEmpty();
  }

  @Test
  void offsetsMayHaveGaps() {
    WatchedJob first = add(10);
    WatchedJob second = add(40);
    watch.pass(70);

    end(first);
    assertThat(watch.position()).isEqualTo(40);
    end(second);
    assertThat(watch.position()).isEqualTo(71);
  }

  @Test
  void theOpenJobsComeOldestFirst() {
    WatchedJob first = add(1);
    WatchedJob second = add(2);

    assertThat(watch.open()).containsExactly(first, second);
  }

  @Test
  void aCommittedPositionIsNewsNoMore() {
    watch.pass(0);
    assertThat(watch.position()).isEqualTo(1);
    watch.committed();
    assertThat(watch.hasNews()).isFalse();

    WatchedJob job = add(1);
    assertThat(watch.hasNews()).as("the open job stands at the committed offset").isFalse();
    end(job);
    assertThat(watch.hasNews()).isTrue();
  }

  private WatchedJob add(long offset) {
    var job = new WatchedJob(Samples.submitted("b" + offset), T0);
    watch.add(offset, job);
    return job;
  }

  private void end(WatchedJob job) {
    job.end();
    watch.dropEnded();
  }
}
