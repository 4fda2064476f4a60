package io.promptferry.batcher.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import io.promptferry.records.JobState;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OpenJobsReaderTest {

  private static final TopicPartition JOBS_0 = new TopicPartition("jobs", 0);
  private static final TopicPartition JOBS_1 = new TopicPartition("jobs", 1);
  private static final TopicPartition STATES_0 = new TopicPartition("job-states", 0);

  private final MockConsumer<byte[], Job> jobs = new MockConsumer<>("none");
  private final MockConsumer<byte[], JobState> states = new MockConsumer<>("none");
  private final OpenJobs open = new OpenJobs();
  private final ManualClock clock = new ManualClock();

  private OpenJobsReader reader() {
    jobs.updateBeginningOffsets(Map.of(JOBS_0, 0L, JOBS_1, 0L));
    states.updateBeginningOffsets(Map.of(STATES_0, 0L));
    return new OpenJobsReader(
        jobs, states, Map.of(JOBS_0, 1L, JOBS_1, 1L, STATES_0, 1L), "jobs", open, clock);
  }

  private void job(TopicPartition partition, String id) {
    Job job = OpenJobsTest.job(JobPhase.SUBMITTED, id, ManualClock.START);
    jobs.addRecord(
        new ConsumerRecord<>(partition.topic(), partition.partition(), 0, new byte[0], job));
  }

  private void ended(long offset, String id) {
    JobState state = OpenJobsTest.state(id, "SUCCEEDED", true);
    states.addRecord(new ConsumerRecord<>("job-states", 0, offset, new byte[0], state));
  }

  @Test
  void isReadyOnceAllPartitionsOfBothTopicsAreRead() {
    try (OpenJobsReader reader = reader()) {
      job(JOBS_0, "a");
      reader.runOnce();
      assertThat(reader.ready()).isFalse();
      ended(0, "a");
      reader.runOnce();
      assertThat(open.known()).as("partition 1 of jobs is not read").isFalse();
      job(JOBS_1, "b");
      reader.runOnce();
      assertThat(open.known()).isTrue();
      assertThat(reader.ready()).isTrue();
      assertThat(open.all()).containsOnlyKeys("b");
      ended(1, "b");
      reader.runOnce();
      assertThat(open.all()).as("it follows").isEmpty();
    }
    assertThat(jobs.closed()).isTrue();
    assertThat(states.closed()).isTrue();
    assertThat(open.known()).as("nobody follows any more").isFalse();
  }

  @Test
  void dropsWhatMustHaveEnded() {
    try (OpenJobsReader reader = reader()) {
      job(JOBS_0, "a");
      clock.advance(OpenJobs.LONGEST.plusSeconds(1));
      reader.runOnce();
      assertThat(open.all()).isEmpty();
    }
  }
}
