package io.promptferry.local.demo;

import io.promptferry.local.live.LiveNotice;
import java.util.List;

/** What the summary says beside, when Gemini itself has answered. */
final class LiveSummary {

  private LiveSummary() {}

  /**
   * @param model that answered
   */
  static List<String> lines(LiveNotice notice, String model) {
    return List.of(
        "",
        "  prices    " + notice.prices(model),
        "",
        "Checked: how many answers there are, none missing, none twice; that each is on the topic of"
            + " its key, names the place of its prompt, has its header, attributes and, where asked"
            + " for, JSON of the schema; the order of those of one key and batch.",
        "Not checked: whether a text is the answer to its own prompt, since only the simulator's carry"
            + " a digest; how many jobs there were and what they are billed, since only the simulator"
            + " shows its ledger. Google's console has the bill.");
  }
}
