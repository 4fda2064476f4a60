package io.promptferry.e2e;

/**
 * A moment between two writes of a client.
 *
 * @param client its id
 * @param skip how many writes of the kind are let through first
 */
record WritePoint(String client, KafkaWrite write, Side side, int skip) {

  /** Where the request is held. */
  enum Side {
    /** Before the broker sees it. */
    BEFORE,
    /** After the broker has done it, before the client hears of that. */
    AFTER
  }

  boolean fits(KafkaRequest request) {
    return request.clientId().equals(client)
        && KafkaWrite.of(request).filter(write::equals).isPresent();
  }

  WritePoint later() {
    return new WritePoint(client, write, side, skip - 1);
  }
}
