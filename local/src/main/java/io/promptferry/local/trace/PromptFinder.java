package io.promptferry.local.trace;

import io.promptferry.local.client.Setup;
import io.promptferry.local.client.TopicScan;
import io.promptferry.local.dlq.Coordinates;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import io.promptferry.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Finds prompts in their topics: by place, or by the id that their sender gave them. */
public final class PromptFinder {

  /** An id that so many prompts have is no name any more. */
  private static final int SAME_ID_MAX = 1000;

  private final TopicScan scan;
  private final Topics topics;
  private final RecordDecoder<PromptEvent> decoder;

  /** Uses the connection of somebody else. */
  public PromptFinder(TopicScan scan, ServiceConfig config) {
    this.scan = scan;
    this.topics = Topics.from(config);
    this.decoder = Setup.serdes(config).decoder(PromptEvent.class);
  }

  /**
   * What a search by id has found.
   *
   * @param prompts those that have the id, oldest first
   * @param read how many prompts were looked at
   * @param whole false where the limit ended the search
   */
  public record Search(List<Prompt> prompts, long read, boolean whole) {}

  /** Whether a text names a place in a topic of prompts; it may be an id otherwise. */
  public Optional<Coordinates> coordinates(String text) {
    return Coordinates.parse(text).filter(place -> topics.isPrompts(place.topic()));
  }

  /**
   * The prompt at a place; without a time and an event where it stands there no longer.
   *
   * @throws org.apache.kafka.common.KafkaException when nothing was written there yet
   */
  public Prompt at(Coordinates place) {
    return scan.at(place.topicPartition(), place.offset())
        .map(record -> prompt(record, event(record)))
        .orElseGet(() -> Prompt.gone(place));
  }

  /**
   * The prompts that have an id.
   *
   * @param limit at most so many prompts are looked at
   */
  public Search byId(String id, Instant since, long limit) {
    var found = new ArrayList<Prompt>();
    long[] read = {0};
    boolean[] whole = {true};
    scan.read(
        topics::isPrompts,
        Optional.of(since),
        record -> {
          if (read[0] >= limit || found.size() >= SAME_ID_MAX) {
            whole[0] = false;
            return true;
          }
          read[0]++;
          Optional<PromptEvent> event = event(record);
          if (event.filter(e -> e.getId().equals(id)).isPresent()) {
            found.add(prompt(record, event));
          }
          return false;
        });
    found.sort(Comparator.comparing(prompt -> prompt.at().orElse(Instant.EPOCH)));
    return new Search(found, read[0], whole[0]);
  }

  private Optional<PromptEvent> event(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(decoder.decode(record.topic(), record.value()));
    } catch (UndecodableException e) {
      return Optional.empty(); // The slicer rejects it: the dead letters say why.
    }
  }

  private static Prompt prompt(ConsumerRecord<byte[], byte[]> record, Optional<PromptEvent> event) {
    return new Prompt(
        new Coordinates(record.topic(), record.partition(), record.offset()),
        Optional.of(Instant.ofEpochMilli(record.timestamp())),
        Optional.ofNullable(record.key()),
        event.map(PromptEvent::getId).filter(id -> !id.isEmpty()),
        event.map(PromptEvent::getReplyTo));
  }
}
