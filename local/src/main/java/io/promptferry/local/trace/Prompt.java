package io.promptferry.local.trace;

import io.promptferry.local.dlq.Coordinates;
import java.time.Instant;
import java.util.Optional;

/**
 * A prompt, without what it asks.
 *
 * @param place where it stands, or stood
 * @param at the broker's time of it; empty where it stands there no longer
 * @param key its Kafka key
 * @param id its sender's name for it
 * @param replyTo the topic that its sender wants the answer on
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on as it is, never compared.
public record Prompt(
    Coordinates place,
    Optional<Instant> at,
    Optional<byte[]> key,
    Optional<String> id,
    Optional<String> replyTo) {

  static Prompt gone(Coordinates place) {
    return new Prompt(
        place, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
