package io.promptferry.local.demo.verdict;

import java.nio.charset.StandardCharsets;

/**
 * The names of response topics, worked out from the documented rule and not by the collector's
 * code, which is what they are to check.
 */
public final class ResponseTopics {

  private final String shared;

  /**
   * @param shared the topic of answers that have none of their own
   */
  public ResponseTopics(String shared) {
    this.shared = shared;
  }

  /** Whether answers may stand on the topic. */
  public boolean contains(String topic) {
    return topic.equals(shared) || topic.startsWith(shared + ".");
  }

  /** The topic of a short key: letters and digits as they are, any other byte as {@code -XX}. */
  public String of(String key) {
    var name = new StringBuilder(shared).append('.');
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
      name.append(plain ? Character.toString(b) : "-%02X".formatted(b));
    }
    return name.toString();
  }
}
