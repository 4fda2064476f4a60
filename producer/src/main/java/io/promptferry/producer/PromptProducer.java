package io.promptferry.producer;

import io.promptferry.records.PromptEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends prompts, each held to the batcher's rules first. Idempotent: a prompt is written once,
 * whatever is tried again between client and broker. Thread-safe; one is enough for a service.
 *
 * <pre>{@code
 * try (PromptProducer producer =
 *     PromptProducer.builder()
 *         .bootstrapServers("kafka:9092")
 *         .schemaRegistry("http://registry:8081")
 *         .build()) {
 *   producer
 *       .send(Prompt.text("Summarize in one line: " + review).key(product).build())
 *       .whenComplete((sent, failure) -> remember(sent, failure));
 * }
 * }</pre>
 *
 * <p>What is known before Kafka has the record is thrown by {@link #send}; what comes after fails
 * the future.
 */
public final class PromptProducer implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final boolean owned;
  private final PromptRecords records;
  private final Semaphore room;
  private final int inFlightMax;
  private final Duration maxBlock;

  PromptProducer(
      Producer<byte[], byte[]> producer,
      boolean owned,
      PromptRecords records,
      int inFlightMax,
      Duration maxBlock) {
    this.producer = producer;
    this.owned = owned;
    this.records = records;
    this.room = new Semaphore(inFlightMax);
    this.inFlightMax = inFlightMax;
    this.maxBlock = maxBlock;
  }

  /**
   * From a service's settings: those of Kafka and of the registry by their own names, ours with
   * {@code promptferry.} before them.
   *
   * @throws org.apache.kafka.common.config.ConfigException when one is missing or wrong
   */
  public static PromptProducer from(Map<String, ?> settings) {
    return builder().settings(settings).build();
  }

  public static PromptProducerBuilder builder() {
    return new PromptProducerBuilder();
  }

  /**
   * Sends a prompt. Waits, up to {@code max.block.ms}, while {@code promptferry.in.flight.max}
   * prompts are not acknowledged.
   *
   * @return where it is, once all replicas have it. Its continuations run on Kafka's I/O thread:
   *     those that take time, or send, belong on another ({@code thenAcceptAsync})
   * @throws PromptRejectedException when the prompt would only be answered FAILED
   * @throws PartStoreException when a large part cannot be stored
   * @throws TimeoutException when there was no room in time; nothing was sent
   * @throws org.apache.kafka.common.errors.SerializationException when the registry does not answer
   *     or does not know the schema
   * @throws InterruptException when the thread was interrupted while it waited
   */
  public CompletableFuture<SentPrompt> send(Prompt prompt) {
    ProducerRecord<byte[], byte[]> record = records.record(prompt);
    String id = prompt.event().getId();
    awaitRoom();
    var sent = new CompletableFuture<SentPrompt>();
    var leaves = new AtomicBoolean();
    try {
      var unused =
          producer.send(
              record,
              (written, failure) -> {
                leave(leaves);
                if (failure == null) {
                  sent.complete(SentPrompt.of(id, written));
                } else {
                  sent.completeExceptionally(failure);
                }
              });
    } catch (RuntimeException e) {
      // Kafka may do both: outside of a transaction it throws, and has taken the record already.
      leave(leaves);
      throw e;
    }
    return sent;
  }

  /** Sends an event that was made elsewhere; the same as {@link Prompt#of} and {@link #send}. */
  public CompletableFuture<SentPrompt> send(@Nullable String key, PromptEvent event) {
    return send(Prompt.of(key, event));
  }

  /** Returns when all that was sent before is acknowledged or has failed. */
  public void flush() {
    producer.flush();
  }

  /**
   * Waits until all that was sent is acknowledged or has failed. Leaves a caller's producer open.
   */
  @Override
  public void close() {
    if (owned) {
      producer.close();
    }
  }

  private void leave(AtomicBoolean once) {
    if (once.compareAndSet(false, true)) {
      room.release();
    }
  }

  private void awaitRoom() {
    try {
      if (!room.tryAcquire(maxBlock.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException(
            "%d prompts are not acknowledged yet (%s) and none was within %s=%d: see why Kafka is slow, send less at a time, or raise one of them"
                .formatted(
                    inFlightMax,
                    ProducerSettings.IN_FLIGHT,
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    maxBlock.toMillis()));
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
