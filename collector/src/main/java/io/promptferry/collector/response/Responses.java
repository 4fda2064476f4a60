package io.promptferry.collector.response;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.collector.result.Outcome;
import io.promptferry.records.Attempt;
import io.promptferry.records.EarlierAttempt;
import io.promptferry.records.PromptError;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.HeaderNames;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Makes the record of a response: topic, key, headers and value. */
public final class Responses {

  /** Of the message of a failure that has no room for more. */
  private static final int SHORT = 500;

  private final ResponseTopics topics;
  private final Serializer<PromptResponse> serializer;
  private final int maxBytes;

  /**
   * The prompt as the log has it.
   *
   * @param record its key and headers come back
   * @param coordinates {@code <topic>-<partition>-<offset>}
   * @param event null where the bytes are no event
   */
  public record Prompt(
      ConsumerRecord<byte[], byte[]> record,
      String coordinates,
      Instant promptedAt,
      @Nullable PromptEvent event) {}

  /** What carried it; nulls where nothing did. */
  public record Carriage(
      @Nullable String batchId,
      @Nullable String job,
      @Nullable String model,
      int attempt,
      List<Attempt> history,
      @Nullable Instant sealedAt,
      @Nullable Instant submittedAt,
      @Nullable Instant completedAt) {

    /** The same for a prompt that was sent so often, with what became of it before. */
    public Carriage withAttempt(int other, List<Attempt> before) {
      return new Carriage(batchId, job, model, other, before, sealedAt, submittedAt, completedAt);
    }
  }

  /**
   * A response and what it says, which is less than the outcome where that would not fit.
   *
   * @param told what the response says
   */
  public record Answer(ProducerRecord<byte[], byte[]> record, Outcome told) {}

  /**
   * Makes responses of up to so many bytes.
   *
   * @param maxBytes the most bytes of a response with its key and headers
   */
  public Responses(ResponseTopics topics, Serializer<PromptResponse> serializer, int maxBytes) {
    this.topics = topics;
    this.maxBytes = maxBytes;
    this.serializer = serializer;
  }

  /** The one response to a prompt. */
  public Answer answer(Prompt prompt, Carriage carriage, Outcome outcome) {
    PromptEvent event = prompt.event();
    ResponseTopics.Target target =
        topics.target(prompt.record().key(), event == null ? null : event.getReplyTo());
    Outcome told = outcome;
    ProducerRecord<byte[], byte[]> record = record(prompt, carriage, told, target);
    if (RecordSize.of(record) > maxBytes) {
      told = tooLarge(outcome, RecordSize.of(record));
      record = record(prompt, carriage, told, target);
    }
    if (RecordSize.of(record) > maxBytes) {
      // What came with the prompt leaves no room: its headers, attributes or id.
      told = brief(told);
      record = record(bare(prompt), carriage, told, target);
    }
    return new Answer(record, told);
  }

  private ProducerRecord<byte[], byte[]> record(
      Prompt prompt, Carriage carriage, Outcome told, ResponseTopics.Target target) {
    byte[] value = serializer.serialize(target.topic(), response(prompt, carriage, told));
    var record = new ProducerRecord<>(target.topic(), prompt.record().key(), value);
    for (Header header : prompt.record().headers()) {
      if (!HeaderNames.RESERVED.contains(header.key())) {
        record.headers().add(header);
      }
    }
    record.headers().add(HeaderNames.PROMPT, prompt.coordinates().getBytes(UTF_8));
    if (target.intended() != null) {
      record.headers().add(HeaderNames.INTENDED_TOPIC, target.intended().getBytes(UTF_8));
    }
    if (target.why() != null) {
      record.headers().add(HeaderNames.OVERFLOW, target.why().name().getBytes(UTF_8));
    }
    return record;
  }

  private static Prompt bare(Prompt prompt) {
    ConsumerRecord<byte[], byte[]> record = prompt.record();
    return new Prompt(
        new ConsumerRecord<>(
            record.topic(), record.partition(), record.offset(), record.key(), record.value()),
        prompt.coordinates(),
        prompt.promptedAt(),
        null);
  }

  private static Outcome brief(Outcome outcome) {
    if (!(outcome instanceof Outcome.Failed failure)) {
      return outcome;
    }
    String message = failure.message();
    return new Outcome.Failed(
        failure.reason(),
        failure.code(),
        message.substring(0, Math.min(SHORT, message.length())),
        failure.answer());
  }

  /**
   * The same outcome without what the model said: a record that Kafka refuses would stop all who
   * come behind it.
   */
  private Outcome tooLarge(Outcome outcome, int bytes) {
    Outcome.Answered answer =
        outcome instanceof Outcome.Failed failure ? failure.answer() : (Outcome.Answered) outcome;
    if (answer == null) {
      return outcome;
    }
    return new Outcome.Failed(
        ErrorReason.ANSWER_TOO_LARGE,
        null,
        "the response takes %d bytes with key and headers, more than %s=%d: ask for less, or raise it and the topics' max.message.bytes"
            .formatted(bytes, ResponseSettings.MAX_BYTES, maxBytes),
        new Outcome.Answered(null, null, answer.finishReason(), answer.usage()));
  }

  private static PromptResponse response(Prompt prompt, Carriage carriage, Outcome outcome) {
    PromptEvent event = prompt.event();
    boolean named = event != null && !event.getId().isEmpty();
    var response =
        PromptResponse.newBuilder()
            .setId(event != null && named ? event.getId() : prompt.coordinates())
            .setStatus(outcome instanceof Outcome.Answered ? Status.SUCCEEDED : Status.FAILED)
            .setBatchId(carriage.batchId())
            .setJob(carriage.job())
            .setModel(carriage.model())
            .setAttempt(carriage.attempt())
            .setHistory(carriage.history().stream().map(Responses::earlier).toList())
            .setPromptedAt(prompt.promptedAt())
            .setSealedAt(carriage.sealedAt())
            .setSubmittedAt(carriage.submittedAt())
            .setCompletedAt(carriage.completedAt());
    if (event != null) {
      response.setAttributes(event.getAttributes());
    }
    if (outcome instanceof Outcome.Answered answer) {
      addAnswer(response, answer);
    } else if (outcome instanceof Outcome.Failed failure) {
      response.setError(
          new PromptError(failure.reason().name(), failure.code(), failure.message()));
      if (failure.answer() != null) {
        addAnswer(response, failure.answer());
      }
    }
    return response.build();
  }

  private static EarlierAttempt earlier(Attempt attempt) {
    return new EarlierAttempt(
        attempt.getBatchId(), attempt.getJob(), attempt.getReason(), attempt.getCode());
  }

  private static void addAnswer(PromptResponse.Builder response, Outcome.Answered answer) {
    response
        .setText(answer.text())
        .setResponse(answer.raw())
        .setFinishReason(answer.finishReason())
        .setUsage(answer.usage());
  }
}
