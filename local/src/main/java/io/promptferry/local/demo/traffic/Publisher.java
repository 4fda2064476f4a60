package io.promptferry.local.demo.traffic;

import io.promptferry.records.PromptEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** Sends prompts as an upstream service would, and waits until the broker has every one. */
public final class Publisher {

  /** Sent and not yet acknowledged, at most. */
  private static final int IN_FLIGHT = 500;

  private final Producer<byte[], byte[]> producer;
  private final Serializer<PromptEvent> serializer;
  private final String topic;

  public Publisher(
      Producer<byte[], byte[]> producer, Serializer<PromptEvent> serializer, String topic) {
    this.producer = producer;
    this.serializer = serializer;
    this.topic = topic;
  }

  /**
   * Publishes all, in order.
   *
   * @param acknowledged is told how many the broker has, again and again
   * @return the same prompts with their places, in the same order
   * @throws KafkaException when one cannot be sent
   */
  public List<Sent> publish(List<DemoPrompt> prompts, IntConsumer acknowledged) {
    var sent = new ArrayList<Sent>(prompts.size());
    for (int from = 0; from < prompts.size(); from += IN_FLIGHT) {
      List<DemoPrompt> some = prompts.subList(from, Math.min(prompts.size(), from + IN_FLIGHT));
      List<Future<RecordMetadata>> sends = some.stream().map(this::send).toList();
      producer.flush();
      for (int i = 0; i < some.size(); i++) {
        RecordMetadata place = await(sends.get(i));
        sent.add(new Sent(some.get(i), place.topic(), place.partition(), place.offset()));
      }
      acknowledged.accept(sent.size());
    }
    return List.copyOf(sent);
  }

  private Future<RecordMetadata> send(DemoPrompt prompt) {
    byte[] key = prompt.key().getBytes(StandardCharsets.UTF_8);
    var record = new ProducerRecord<>(topic, key, serialized(prompt));
    record
        .headers()
        .add(DemoPrompt.TRACE_HEADER, prompt.traceparent().getBytes(StandardCharsets.UTF_8));
    return producer.send(record);
  }

  private byte[] serialized(DemoPrompt prompt) {
    try {
      return serializer.serialize(topic, prompt.event());
    } catch (SerializationException e) {
      // Its own message says only that it failed; why stands in the cause.
      throw new KafkaException("a prompt could not be made a record: " + e.getCause(), e);
    }
  }

  // The producer bounds the wait: delivery.timeout.ms, two minutes by default.
  private static RecordMetadata await(Future<RecordMetadata> send) {
    try {
      return send.get();
    } catch (ExecutionException e) {
      throw new KafkaException("a prompt could not be published: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
