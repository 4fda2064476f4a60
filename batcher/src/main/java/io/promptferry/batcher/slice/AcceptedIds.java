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
 * The ids of the prompts of one partition that were accepted lately.
 *
 * <p>Bounded by offsets and not by how many ids there are: so what is known at any record follows
 * from as many offsets before it, and reading these again restores it exactly.
 */
final class AcceptedIds {

  /** Half of a SHA-256: no sender can make two ids that meet. */
  private record Hash(long high, long low) {}

  private record Place(long offset, long timestamp) {}

  private final long window;
  private final int reach;
  private final MessageDigest digest;
  private final Map<Hash, Place> places = new LinkedHashMap<>();

  /**
   * @param reach in offsets; so the most ids that are held
   */
  AcceptedIds(Duration window, int reach) {
    this.window = window.toMillis();
    this.reach = reach;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether a prompt of this id was accepted within the window and the reach before. */
  boolean has(String id, long offset, long timestamp) {
    Place place = places.get(hash(id));
    return place != null && timestamp - place.timestamp < window && offset - place.offset <= reach;
  }

  /**
   * Takes note of the id of a prompt that is accepted, the later one after the earlier.
   *
   * @return how many ids are forgotten for it within the window, to keep to the reach
   */
  int add(String id, long offset, long timestamp) {
    Hash hash = hash(id);
    places.remove(hash);
    places.put(hash, new Place(offset, timestamp));
    int forgotten = 0;
    Iterator<Place> oldest = places.values().iterator();
    while (oldest.hasNext()) {
      Place place = oldest.next();
      boolean young = timestamp - place.timestamp < window;
      if (young && offset - place.offset < reach) {
        break;
      }
      forgotten += young ? 1 : 0;
      oldest.remove();
    }
    return forgotten;
  }

  private Hash hash(String id) {
    ByteBuffer bytes = ByteBuffer.wrap(digest.digest(id.getBytes(UTF_8)));
    return new Hash(bytes.getLong(), bytes.getLong());
  }
}
