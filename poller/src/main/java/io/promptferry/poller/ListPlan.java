package io.promptferry.poller;

import java.util.Collection;
import java.util.List;

/** Whether to page through all jobs or to ask for each: whichever is fewer calls. */
final class ListPlan {

  private ListPlan() {}

  /**
   * Whether to read on: whether some number of further pages is less than the number of wanted jobs
   * that they hold, each of which is a call of its own otherwise.
   *
   * @param read pages read so far
   * @param pages for each job still wanted, the page where it is expected; all after those read
   */
  static boolean pays(int read, Collection<Integer> pages) {
    List<Integer> sorted = pages.stream().sorted().toList();
    for (int i = 0; i < sorted.size(); i++) {
      if (sorted.get(i) - read < i + 1) {
        return true;
      }
    }
    return false;
  }
}
