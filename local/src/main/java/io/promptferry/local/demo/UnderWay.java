package io.promptferry.local.demo;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What has left and not arrived.
 *
 * @param batches sealed, and their jobs not seen to end
 * @param arrival when the last of their jobs is expected to end; empty where nobody can tell
 */
record UnderWay(SortedSet<String> batches, Optional<Arrival> arrival) {

  static final UnderWay NOTHING = new UnderWay(new TreeSet<>(), Optional.empty());

  UnderWay {
    batches = Collections.unmodifiableSortedSet(new TreeSet<>(batches));
  }

  static UnderWay of(Collection<String> batches, Optional<Arrival> arrival) {
    return new UnderWay(new TreeSet<>(batches), arrival);
  }
}
