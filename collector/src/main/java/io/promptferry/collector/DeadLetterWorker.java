package io.promptferry.collector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.collector.response.Delivery;
import io.promptferry.collector.response.Responses;
import io.promptferry.collector.result.Outcome;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.kafka.AssignedPartition;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.PromptEnvelope;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Answers the prompts that never entered a batch: a bad event too gets its one answer. */
final class DeadLetterWorker implements PartitionWorker<byte[]> {

  private final CollectWorker.Setting setting;
  private final Responses responses;
  private final RecordDecoder<PromptEvent> decoder;

  DeadLetterWorker(CollectWorker.Setting setting) {
    this.setting = setting;
    this.responses = setting.responses();
    this.decoder = setting.serdes().decoder(PromptEvent.class);
  }

  @Override
  public void run(AssignedPartition<byte[]> partition) throws InterruptedException {
    Delivery delivery = setting.delivery();
    String id = setting.deployment() + "-collector-dlq-" + partition.topicPartition().partition();
    try (Producer<byte[], byte[]> producer = setting.kafka().transactional(id)) {
      producer.initTransactions();
      while (true) {
        var chunk = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        chunk.add(partition.take());
        chunk.addAll(partition.takeMore(setting.settings().chunkRecords() - 1));
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        chunk.forEach(letter -> records.add(answer(letter)));
        long next = chunk.get(chunk.size() - 1).offset() + 1;
        delivery.write(
            producer, records, (routed, none) -> partition.transact(producer, next, routed));
        setting.metrics().rejected(chunk.size());
      }
    }
  }

  ProducerRecord<byte[], byte[]> answer(ConsumerRecord<byte[], byte[]> letter) {
    PromptEvent event = event(letter);
    String coordinates =
        String.join(
            "-",
            header(letter, HeaderNames.ERROR_TOPIC, letter.topic()),
            header(letter, HeaderNames.ERROR_PARTITION, Integer.toString(letter.partition())),
            header(letter, HeaderNames.ERROR_OFFSET, Long.toString(letter.offset())));
    var prompt = new Responses.Prompt(letter, coordinates, promptedAt(letter), event);
    var carriage =
        new Responses.Carriage(
            null,
            null,
            event == null ? null : event.getModel(),
            0,
            List.of(),
            null,
            null,
            setting.clock().instant());
    return responses.answer(prompt, carriage, failure(letter)).record();
  }

  private static Instant promptedAt(ConsumerRecord<byte[], byte[]> letter) {
    try {
      return Instant.ofEpochMilli(Long.parseLong(header(letter, HeaderNames.TIMESTAMP, "")));
    } catch (NumberFormatException e) {
      // Put there by hand.
      return Instant.ofEpochMilli(letter.timestamp());
    }
  }

  private static Outcome failure(ConsumerRecord<byte[], byte[]> letter) {
    String reason = header(letter, HeaderNames.REASON, ErrorReason.UNDECODABLE.name());
    String message = header(letter, HeaderNames.ERROR_MESSAGE, "");
    try {
      return new Outcome.Failed(ErrorReason.valueOf(reason), null, message);
    } catch (IllegalArgumentException e) {
      // Put there by another version, or by hand.
      return new Outcome.Failed(ErrorReason.UNSUPPORTED, null, reason + ": " + message);
    }
  }

  /** The event, or what is told of one that was too large to be copied. */
  private @Nullable PromptEvent event(ConsumerRecord<byte[], byte[]> letter) {
    if (letter.value() == null) {
      Header envelope = letter.headers().lastHeader(HeaderNames.ENVELOPE);
      return envelope == null || envelope.value() == null
          ? null
          : PromptEnvelope.read(envelope.value()).orElse(null);
    }
    try {
      return decoder.decode(letter.topic(), letter.value());
    } catch (UndecodableException e) {
      return null;
    }
  }

  private static String header(
      ConsumerRecord<byte[], byte[]> letter, String name, String otherwise) {
    Header header = letter.headers().lastHeader(name);
    return header == null || header.value() == null ? otherwise : new String(header.value(), UTF_8);
  }
}
