package io.promptferry.runtime.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;

/**
 * Topics would not take records, and would not take them a second time. The transaction was
 * aborted; its producer is good for the next one.
 */
public final class RefusedException extends KafkaException {

  private static final long serialVersionUID = 1L;

  private final transient List<Refusal> refusals;

  /** A record and what its topic has against it. */
  public record Refusal(ProducerRecord<byte[], byte[]> record, ApiException reason) {}

  RefusedException(List<Refusal> refusals, RuntimeException cause) {
    super(
        "the topic %s refuses a record: %s"
            .formatted(refusals.get(0).record().topic(), refusals.get(0).reason().getMessage()),
        cause);
    this.refusals = List.copyOf(refusals);
  }

  /** At least one; others may come to light when these are gone. */
  public List<Refusal> refusals() {
    return refusals;
  }
}
