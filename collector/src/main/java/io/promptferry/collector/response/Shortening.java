package io.promptferry.collector.response;

import io.promptferry.records.PromptError;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a response FAILED that is too large for its topic, without what the model said but with
 * what it cost. Done to the record itself: to keep what it was made of, until its chunk is written,
 * would take as much memory again, for something that hardly ever happens.
 */
public final class Shortening {

  private final RecordDecoder<PromptResponse> decoder;
  private final Serializer<PromptResponse> serializer;

  /**
   * A response in its short form.
   *
   * @param was the reason for which it was FAILED before; null where it was SUCCEEDED
   */
  public record Shortened(ProducerRecord<byte[], byte[]> record, @Nullable String was) {}

  public Shortening(RecordDecoder<PromptResponse> decoder, Serializer<PromptResponse> serializer) {
    this.decoder = decoder;
    this.serializer = serializer;
  }

  /** Nothing where it holds nothing that the model said. */
  Optional<Shortened> of(ProducerRecord<byte[], byte[]> record) {
    PromptResponse response;
    try {
      response = decoder.decode(record.topic(), record.value());
    } catch (UndecodableException e) {
      return Optional.empty();
    }
    if (response.getText() == null && response.getResponse() == null) {
      return Optional.empty();
    }
    PromptError before = response.getError();
    response.setStatus(Status.FAILED);
    response.setText(null);
    response.setResponse(null);
    response.setError(
        new PromptError(
            ErrorReason.ANSWER_TOO_LARGE.name(),
            null,
            "the response takes %d bytes with key and headers, more than the topic %s takes: ask for less, or raise the topic's %s"
                .formatted(
                    RecordSize.of(record), record.topic(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG)));
    var shorter =
        new ProducerRecord<>(
            record.topic(),
            record.partition(),
            record.key(),
            serializer.serialize(record.topic(), response),
            record.headers());
    return Optional.of(new Shortened(shorter, before == null ? null : before.getReason()));
  }
}
