package io.promptferry.producer;

import java.time.Instant;
import java.util.Optional;

/**
 * Where parts go that are too large to travel in a record: a claim check. Called before the prompt
 * is sent, by the thread that sends; must be thread-safe. Storing the same bytes twice is harmless.
 */
public interface PartStore {

  /**
   * Where a part is.
   *
   * @param uri {@code https://} or {@code gs://}, readable by the account that the prompt rides on
   * @param expiry when it ends to be readable; empty: not by itself
   */
  record Stored(String uri, Optional<Instant> expiry) {}

  /**
   * Stores a part.
   *
   * @param until how long the part must be readable at least
   * @throws PartStoreException when it cannot be stored, or not for so long; the prompt is not sent
   */
  Stored store(byte[] bytes, String mimeType, Instant until);
}
