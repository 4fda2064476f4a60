package io.promptferry.simulator;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks for keys that occur twice. Eight bytes a key: hashes are collected, and only where two are
 * alike are the keys themselves read again.
 */
final class KeyCheck {
  private long[] hashes = new long[1_024];
  private int count;

  void add(String key) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, count * 2);
    }
    hashes[count++] = hash(key);
  }

  /** Says which key occurs twice, if one does. */
  void finish(RequestFile file) throws InvalidFile, IOException {
    Set<Long> suspects = alike();
    if (suspects.isEmpty()) {
      return;
    }
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < file.count(); i++) {
      String key = Json.MAPPER.readTree(file.line(i)).path("key").asText();
      Integer first = suspects.contains(hash(key)) ? seen.putIfAbsent(key, i + 1) : null;
      if (first != null) {
        throw InvalidFile.line(
            i + 1,
            "duplicate key '"
                + key
                + "', first on line "
                + first
                + " (the simulator's own rule: what the service does is unknown)");
      }
    }
  }

  private Set<Long> alike() {
    long[] sorted = Arrays.copyOf(hashes, count);
    Arrays.sort(sorted);
    Set<Long> alike = new HashSet<>();
    for (int i = 1; i < count; i++) {
      if (sorted[i] == sorted[i - 1]) {
        alike.add(sorted[i]);
      }
    }
    return alike;
  }

  /** FNV-1a, 64 bits. */
  private static long hash(String key) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
