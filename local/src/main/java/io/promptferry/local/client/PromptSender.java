package io.promptferry.local.client;

import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.Prerequisites;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.Serializer;

/** Sends prompts that stand one to a line, and stops at the first line that is not good. */
public final class PromptSender implements AutoCloseable {

  /** Sends that Kafka has not acknowledged yet. */
  private static final int PENDING_MAX = 1000;

  private final Clock clock;
  private final String topic;
  private final Serializer<PromptEvent> serializer;
  private final Producer<byte[], byte[]> producer;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final List<Problem> problems = new ArrayList<>();
  private long sent;

  private record Pending(long line, Future<RecordMetadata> acknowledged) {}

  /**
   * A line that was not sent.
   *
   * @param line its number, from 1
   * @param message what is wrong with it
   */
  public record Problem(long line, String message) {}

  /**
   * What became of the lines.
   *
   * @param sent prompts that Kafka has acknowledged
   * @param lastLine the last line that was looked at; none after it was sent
   * @param problems the lines up to it that were not sent, blank ones aside
   */
  public record Result(long sent, long lastLine, List<Problem> problems) {}

  private PromptSender(
      Clock clock,
      String topic,
      Serializer<PromptEvent> serializer,
      Producer<byte[], byte[]> producer) {
    this.clock = clock;
    this.topic = topic;
    this.serializer = serializer;
    this.producer = producer;
  }

  /**
   * Connects.
   *
   * @param wanted the topic to send to; empty: the first of {@code prompts.topics}
   * @throws org.apache.kafka.common.KafkaException when the cluster or the registry does not answer
   *     or lacks what is needed; one line that says what to do
   */
  public static PromptSender connect(ServiceConfig config, Optional<String> wanted, Clock clock) {
    KafkaClients kafka = new KafkaClients(config);
    RecordSerdes serdes = Setup.serdes(config);
    String topic = wanted.orElse(Topics.from(config).prompts());
    Prerequisites.check(kafka::admin, serdes, List.of(topic), List.of(), Setup.ANSWER_LIMIT);
    return new PromptSender(clock, topic, serdes.serializer(PromptEvent.class), kafka.idempotent());
  }

  /**
   * Sends the lines and waits until Kafka has them; may be called once.
   *
   * @throws IOException when the lines cannot be read
   */
  public Result send(BufferedReader lines) throws IOException {
    long number = 0;
    String line;
    while (problems.isEmpty() && (line = lines.readLine()) != null) {
      number++;
      if (!line.isBlank()) {
        send(number, line);
      }
      settle(PENDING_MAX);
    }
    producer.flush();
    settle(0);
    return new Result(sent, number, problems);
  }

  private void send(long number, String line) {
    try {
      PromptLine prompt = PromptLine.parse(line, clock.instant());
      byte[] key = prompt.key().map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
      byte[] value = serializer.serialize(topic, prompt.event());
      var record = new ProducerRecord<>(topic, key, value);
      prompt
          .headers()
          .forEach(
              (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
      pending.add(new Pending(number, producer.send(record)));
    } catch (BadLineException e) {
      problems.add(new Problem(number, String.valueOf(e.getMessage())));
    }
  }

  /** Waits until at most so many sends are open. */
  private void settle(int open) {
    while (pending.size() > open) {
      Pending oldest = pending.remove();
      try {
        oldest.acknowledged().get();
        sent++;
      } catch (ExecutionException e) {
        String why = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
        problems.add(new Problem(oldest.line(), "Kafka did not take it: " + why));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptException(e);
      }
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
