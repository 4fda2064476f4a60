package io.promptferry.local.dlq;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the first few of many by an order, however many there are. */
final class Foremost<T> {

  private final int most;
  private final Comparator<T> order;
  private final PriorityQueue<T> lastOnTop;

  Foremost(int most, Comparator<T> order) {
    this.most = most;
    this.order = order;
    this.lastOnTop = new PriorityQueue<>(order.reversed());
  }

  void add(T item) {
    lastOnTop.add(item);
    if (lastOnTop.size() > most) {
      lastOnTop.remove();
    }
  }

  /** What was kept, in order. */
  List<T> list() {
    return lastOnTop.stream().sorted(order).toList();
  }
}
