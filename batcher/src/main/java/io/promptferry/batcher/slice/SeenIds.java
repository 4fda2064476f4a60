package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ids that one partition has shown lately, and when each was seen last.
 *
 * <p>Last and not first: so what is known at any record follows from the records of the window
 * before it alone, and reading these again restores it exactly.
 */
final class SeenIds {

  /** Half of a SHA-256: no sender can make two ids that meet. */
  private record Hash(long high, long low) {}

  private final long window;
  private final int max;
  private final Runnable forgotten;
  private final MessageDigest digest;
  private final Map<Hash, Long> seen = new LinkedHashMap<>();

  /**
   * @param forgotten is told of each id that is dropped within the window, to keep to the bound
   */
  SeenIds(Duration window, int max, Runnable forgotten) {
    this.window = window.toMillis();
    this.max = max;
    this.forgotten = forgotten;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Takes note of the id; tells whether it was seen within the window before. */
  boolean repeats(String id, long timestamp) {
    expire(timestamp);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(id.getBytes(UTF_8)));
    var key = new Hash(hash.getLong(), hash.getLong());
    Long last = seen.remove(key);
    seen.put(key, last == null ? timestamp : Math.max(last, timestamp));
    if (seen.size() > max) {
      seen.remove(seen.keySet().iterator().next());
      forgotten.run();
    }
    return last != null && timestamp - last < window;
  }

  private void expire(long now) {
    Iterator<Long> oldest = seen.values().iterator();
    while (oldest.hasNext() && now - oldest.next() >= window) {
      oldest.remove();
    }
  }
}
