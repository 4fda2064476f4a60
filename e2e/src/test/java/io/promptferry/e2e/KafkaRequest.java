package io.promptferry.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/**
 * A request of the Kafka protocol as its header has it: key, version, correlation id and client id
 * stand at the same place in every version of the header.
 */
final class KafkaRequest {

  private final byte[] bytes;

  /**
   * @param bytes all but the size in front
   */
  KafkaRequest(byte[] bytes) {
    this.bytes = bytes;
  }

  int apiKey() {
    return ByteBuffer.wrap(bytes).getShort(0);
  }

  int correlation() {
    return ByteBuffer.wrap(bytes).getInt(4);
  }

  String clientId() {
    int length = Math.max(0, ByteBuffer.wrap(bytes).getShort(8));
    return new String(bytes, 10, length, ISO_8859_1);
  }

  /** Whether this stands anywhere in it, such as a transactional id. */
  boolean mentions(String text) {
    return new String(bytes, ISO_8859_1).contains(text);
  }
}
