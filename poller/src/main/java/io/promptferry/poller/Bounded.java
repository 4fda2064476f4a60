package io.promptferry.poller;

import java.util.LinkedHashMap;
import java.util.Map;

/** Forgets what was put in first. */
@SuppressWarnings("serial")
final class Bounded<K, V> extends LinkedHashMap<K, V> {

  private final int max;

  Bounded(int max) {
    this.max = max;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > max;
  }
}
