package io.promptferry.local.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.local.client.AnswerTopics;
import io.promptferry.local.client.Setup;
import io.promptferry.local.client.TopicScan;
import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.DeadLetter;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.records.Slice;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Follows a prompt from topic to topic, each read from the prompt's time on. What comes meanwhile
 * is left for the next time.
 */
public final class TrailReader {

  private final TopicScan scan;
  private final ServiceConfig config;
  private final Topics topics;
  private final Deserializer<Slice> slice;
  private final Deserializer<Batch> batch;
  private final Deserializer<Job> job;
  private final Deserializer<JobState> jobState;
  private final Deserializer<Receipt> receipt;
  private final Deserializer<PromptResponse> response;

  /** Uses the connection of somebody else. */
  public TrailReader(TopicScan scan, ServiceConfig config) {
    this.scan = scan;
    this.config = config;
    this.topics = Topics.from(config);
    RecordSerdes serdes = Setup.serdes(config);
    this.slice = serdes.deserializer(Slice.class);
    this.batch = serdes.deserializer(Batch.class);
    this.job = serdes.deserializer(Job.class);
    this.jobState = serdes.deserializer(JobState.class);
    this.receipt = serdes.deserializer(Receipt.class);
    this.response = serdes.deserializer(PromptResponse.class);
  }

  /** All that the topics tell of the prompt. */
  Trail read(Prompt prompt) {
    var trail = new Trail(prompt.place(), prompt.at());
    read(Set.of(topics.slices(), topics.batches(), topics.jobs()), prompt.at(), trail);
    // Behind the batches, since only those of the prompt's batches are kept.
    if (!trail.batchIds().isEmpty()) {
      read(Set.of(topics.jobStates(), topics.receipts()), prompt.at(), trail);
    }
    if (trail.slices().isEmpty()) {
      read(Set.of(topics.deadLetters()), prompt.at(), trail);
    }
    answer(prompt, trail);
    return trail;
  }

  private void read(Set<String> names, Optional<Instant> since, Trail trail) {
    scan.read(
        names::contains,
        since,
        record -> {
          if (record.topic().equals(topics.deadLetters())) {
            trail.add(DeadLetter.of(record));
          } else if (record.value() != null) {
            add(record, trail);
          }
          return false;
        });
  }

  private void add(ConsumerRecord<byte[], byte[]> record, Trail trail) {
    String topic = record.topic();
    byte[] value = record.value();
    if (topic.equals(topics.slices())) {
      trail.add(slice.deserialize(topic, value), Instant.ofEpochMilli(record.timestamp()));
    } else if (topic.equals(topics.batches())) {
      trail.add(batch.deserialize(topic, value));
    } else if (topic.equals(topics.jobs())) {
      trail.add(job.deserialize(topic, value));
    } else if (isOfTheRides(record.key(), trail)) {
      if (topic.equals(topics.jobStates())) {
        trail.add(jobState.deserialize(topic, value));
      } else {
        trail.add(receipt.deserialize(topic, value));
      }
    }
  }

  /** By the key, the batch id: a terminal state is large, and most are of other batches. */
  private static boolean isOfTheRides(byte[] key, Trail trail) {
    return key != null && trail.batchIds().contains(new String(key, UTF_8));
  }

  /** First where the answer should be, then wherever one may be. */
  private void answer(Prompt prompt, Trail trail) {
    Predicate<String> likely =
        prompt
            .key()
            .map(key -> AnswerTopics.of(new String(key, UTF_8), config))
            .orElse(topics.responses()::equals);
    answer(likely.or(topic -> prompt.replyTo().filter(topic::equals).isPresent()), prompt, trail);
    boolean due =
        trail.deadLetter().isPresent()
            || trail.lastRide().flatMap(Ride::end).isPresent()
            || prompt.at().isEmpty();
    if (trail.answer().isEmpty() && due && trail.waitingSlice().isEmpty()) {
      answer(AnswerTopics.all(config), prompt, trail);
    }
  }

  private void answer(Predicate<String> names, Prompt prompt, Trail trail) {
    byte[] wanted = prompt.place().toString().getBytes(UTF_8);
    scan.read(
        names,
        prompt.at(),
        record -> {
          Header header = record.headers().lastHeader(HeaderNames.PROMPT);
          boolean found = header != null && Arrays.equals(header.value(), wanted);
          if (found) {
            trail.add(
                new Answer(
                    new Coordinates(record.topic(), record.partition(), record.offset()),
                    Instant.ofEpochMilli(record.timestamp()),
                    response.deserialize(record.topic(), record.value())));
          }
          return found;
        });
  }
}
