package io.promptferry.batcher.submit;

import io.promptferry.records.Job;
import io.promptferry.records.JobPhase;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.serialization.Deserializer;

/** What the lives of a partition's owners have committed on the jobs topic, one producer each. */
final class JobsTopic {

  private final Deserializer<Job> records;
  private final List<JobsProducer> producers = new ArrayList<>();

  JobsTopic(Deserializer<Job> records) {
    this.records = records;
  }

  /** That of the next life. */
  JobsProducer producer(Script script) {
    return add(new JobsProducer(script));
  }

  JobsProducer add(JobsProducer producer) {
    producers.add(producer);
    return producer;
  }

  List<Job> jobs() {
    return producers.stream()
        .flatMap(producer -> producer.history().stream())
        .map(record -> records.deserialize("jobs", record.value()))
        .toList();
  }

  List<JobPhase> phases() {
    return jobs().stream().map(Job::getPhase).toList();
  }

  EarlierJobs earlier() {
    var earlier = new EarlierJobs();
    jobs().forEach(earlier::add);
    return earlier;
  }

  /** The offsets that were committed, one for each transaction. */
  List<Long> offsets() {
    return producers.stream()
        .flatMap(producer -> producer.consumerGroupOffsetsHistory().stream())
        .flatMap(group -> group.values().stream())
        .flatMap(offsets -> offsets.values().stream())
        .map(OffsetAndMetadata::offset)
        .toList();
  }
}
