package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.LaneFinder;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.records.Lane;
import io.promptferry.records.PromptEvent;
import io.promptferry.request.PromptSize;
import io.promptferry.request.RequestLine;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.PromptValidation;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Decides what becomes of each record of the prompts topic. */
final class PromptIntake {

  private final RecordDecoder<PromptEvent> decoder;
  private final PromptValidation.Rules rules;
  private final LanePolicies policies;
  private final LaneFinder lanes;

  PromptIntake(
      RecordDecoder<PromptEvent> decoder,
      PromptValidation.Rules rules,
      LanePolicies policies,
      LaneFinder lanes) {
    this.decoder = decoder;
    this.rules = rules;
    this.policies = policies;
    this.lanes = lanes;
  }

  /**
   * Decides.
   *
   * @throws org.apache.kafka.common.KafkaException when the registry does not answer, for which no
   *     prompt can be blamed
   */
  Intake decide(ConsumerRecord<byte[], byte[]> record, Instant now) {
    PromptEvent event;
    try {
      event = decoder.decode(record.topic(), record.value());
    } catch (UndecodableException e) {
      return new Intake.Rejected(ErrorReason.UNDECODABLE, String.valueOf(e.getMessage()), null);
    }
    var rejection = PromptValidation.check(event, rules, now);
    if (rejection.isPresent()) {
      return new Intake.Rejected(rejection.get().reason(), rejection.get().message(), event);
    }
    String model = PromptValidation.model(event, rules);
    return lanes
        .find(model, record.headers(), event.getAttributes(), now)
        .map(lane -> measure(record, event, lane))
        .orElseGet(
            () ->
                new Intake.Rejected(
                    ErrorReason.TOO_MANY_LANES,
                    "the model %s is one more than may be in use at a time (%s): mend its name or send the prompt later"
                        .formatted(model, LaneFinder.MAX_OPEN),
                    event));
  }

  /** The id that the event has, good or bad; empty where the bytes are no event. */
  Optional<String> id(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(decoder.decode(record.topic(), record.value()).getId());
    } catch (UndecodableException e) {
      return Optional.empty();
    }
  }

  private Intake measure(ConsumerRecord<byte[], byte[]> record, PromptEvent event, Lane lane) {
    PromptSize size;
    try {
      size = PromptSize.of(record.partition(), record.offset(), event);
    } catch (RequestLine.UnrenderableException e) {
      // What may be nested just so deep when it is read is too deep inside a line.
      return new Intake.Rejected(e.reason(), String.valueOf(e.getMessage()), event);
    }
    BatchLimits limits = policies.of(lane).limits();
    return size.over(limits.bytes(), limits.tokens())
        .<Intake>map(flaw -> new Intake.Rejected(flaw.reason(), flaw.message(), event))
        .orElseGet(
            () ->
                new Intake.Accepted(
                    event.getId(), lane, size.bytes(), size.tokens(), event.getDeadline()));
  }
}
