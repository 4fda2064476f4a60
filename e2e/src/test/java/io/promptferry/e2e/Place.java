package io.promptferry.e2e;

/** Where a prompt stands in its topic. */
record Place(int partition, long offset) implements Comparable<Place> {

  /** The one that a line's key names, {@code <partition>-<offset>}. */
  static Place of(String key) {
    int dash = key.indexOf('-');
    return new Place(
        Integer.parseInt(key.substring(0, dash)), Long.parseLong(key.substring(dash + 1)));
  }

  @Override
  public int compareTo(Place other) {
    int byPartition = Integer.compare(partition, other.partition);
    return byPartition == 0 ? Long.compare(offset, other.offset) : byPartition;
  }
}
