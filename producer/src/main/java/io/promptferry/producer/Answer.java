package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.schemas.HeaderNames;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One answer to one prompt.
 *
 * @param record as Kafka has it: key, headers, topic, offset
 */
public record Answer(ConsumerRecord<byte[], PromptResponse> record) {

  /** The prompt's key, as UTF-8; empty where the prompt had none. */
  public Optional<String> key() {
    return Optional.ofNullable(record.key()).map(bytes -> new String(bytes, UTF_8));
  }

  /** The prompt's id; its coordinates where it had none. */
  public String id() {
    return record.value().getId();
  }

  /**
   * The prompt's coordinates, {@code <topic>-<partition>-<offset>}: unique, so the thing to
   * recognise an answer by that is read a second time.
   */
  public Optional<String> prompt() {
    return header(HeaderNames.PROMPT);
  }

  /**
   * Whether the model answered; if not, {@code response().getError()} says why, and it is final.
   */
  public boolean succeeded() {
    return record.value().getStatus() == Status.SUCCEEDED;
  }

  /** What the model said; empty where it said nothing. */
  public Optional<String> text() {
    return Optional.ofNullable(record.value().getText());
  }

  /** All of it: error, usage, model, times, attributes, the model's raw response. */
  public PromptResponse response() {
    return record.value();
  }

  /** The last header of that name, as UTF-8; the prompt's own come back. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .map(Header::value)
        .map(bytes -> new String(bytes, UTF_8));
  }
}
