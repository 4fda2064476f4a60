package io.promptferry.local.live;

import io.promptferry.gemini.price.Prices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** What a person is told of sending to Gemini itself: before, meanwhile and afterwards. */
public final class LiveNotice {

  private static final int BATCHES_NAMED = 10;

  private final LiveAccess access;
  private final CostText costs;

  public LiveNotice(LiveAccess access, Prices prices) {
    this.access = access;
    this.costs = new CostText(prices);
  }

  /** Before a number of prompts that is known. */
  public List<String> before(Shipment shipment) {
    return List.of(
        "--live sends to " + destination() + ", and the project of GEMINI_API_KEY pays:",
        format(
            "  prompts   %,d to %s, in about %s",
            shipment.prompts(),
            shipment.model(),
            shipment.batches() == 1 ? "1 batch" : format("%,d batches", shipment.batches())),
        format("  input     %,d tokens, estimated on the high side", shipment.inputTokens()),
        format(
            "  output    %,d tokens, assuming %d a prompt with thinking; it may be more",
            shipment.outputTokens(), Shipment.ASSUMED_OUTPUT_PER_PROMPT),
        "  cost      " + cost(shipment.model(), shipment.inputTokens(), shipment.outputTokens()),
        "  prices    " + prices(shipment.model()),
        "A job may take minutes or hours: Google aims at 24 hours, and after 48 a job expires. Ctrl-C"
            + " ends the waiting and leaves jobs at "
            + provider()
            + ", which go on and are billed; how to stop"
            + " them or get their answers is told then.");
  }

  /**
   * Before whatever will come.
   *
   * @param model of prompts that name none
   */
  public List<String> before(String model) {
    return List.of(
        "--live sends whatever is produced here, and what the data folder still holds, to "
            + destination()
            + ", and the project of GEMINI_API_KEY pays. How much that will be is not known"
            + " beforehand, and nothing bounds it.",
        "  model     " + model + ", where a prompt names none",
        "  prices    " + prices(model),
        "Ctrl-C leaves jobs at "
            + provider()
            + ", which go on and are billed; how to stop them or get their"
            + " answers is told then.");
  }

  /** While a stack runs: how jobs are looked at and stopped. */
  public List<String> meanwhile(String bootstrap, String registry) {
    String where = " --bootstrap " + bootstrap + " --registry " + registry;
    return List.of(
        "Elsewhere, to look at the batches and to stop one at " + provider() + ":",
        "  ./promptferry jobs list" + where,
        "  " + keyForTools() + "./promptferry jobs cancel BATCH --yes" + where);
  }

  /**
   * After a stack was stopped before all had landed.
   *
   * @param folder its data
   * @param batches that are known to be under way; there may be more
   */
  public List<String> afterwards(Path folder, Collection<String> batches) {
    var lines = new ArrayList<String>();
    lines.add(
        batches.isEmpty()
            ? "Jobs that are under way go on at " + provider() + " and are billed."
            : "Jobs that were made go on at %s and are billed. Of these batches they may be: %s"
                .formatted(provider(), String.join(", ", named(batches))));
    lines.add("To get their answers, and to send what is not sent yet:");
    lines.add("  ./promptferry up --live --data " + folder + addressForUp());
    lines.add("To stop one: start that, and elsewhere");
    lines.add("  " + keyForTools() + "./promptferry jobs cancel BATCH --yes");
    return List.copyOf(lines);
  }

  /** What so many tokens cost in batches and one by one. */
  public String cost(String model, long inputTokens, long outputTokens) {
    return costs.of(model, inputTokens, outputTokens);
  }

  /** The prices of a million tokens, their date and where they are published. */
  public String prices(String model) {
    return costs.prices(model);
  }

  private String provider() {
    return access.isGoogle() ? "Google" : access.address();
  }

  private String destination() {
    return access.isGoogle()
        ? "Google (" + access.address() + ")"
        : access.address() + ", as gemini.base.url says, and not to Google's own address";
  }

  /** By a variable's name: the key itself is not to stand on a command line. */
  private String keyForTools() {
    return "PROMPTFERRY_GEMINI_API_KEY=\"$"
        + LiveAccess.VARIABLE
        + "\" "
        + (access.isGoogle() ? "" : "PROMPTFERRY_GEMINI_BASE_URL=" + access.address() + " ");
  }

  private String addressForUp() {
    return access.isGoogle() ? "" : " --set gemini.base.url=" + access.address();
  }

  private static List<String> named(Collection<String> batches) {
    var names = new ArrayList<>(batches.stream().limit(BATCHES_NAMED).toList());
    if (batches.size() > BATCHES_NAMED) {
      names.add("%d more".formatted(batches.size() - BATCHES_NAMED));
    }
    return names;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
