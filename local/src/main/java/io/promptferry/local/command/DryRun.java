package io.promptferry.local.command;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import io.promptferry.local.dlq.Legible;
import io.promptferry.local.live.CostText;
import io.promptferry.local.live.Shipment;
import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.PromptForm;
import io.promptferry.local.rows.Row;
import io.promptferry.local.rows.Rows;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import io.promptferry.request.TokenEstimate;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What would be sent, and what it would cost; reaches neither Kafka nor a provider. */
final class DryRun {

  private static final int SHOWN = 3;

  /** Of a bad row, in characters: an image in it would fill the screen. */
  private static final int MOST_TEXT = 200;

  /**
   * How an earlier run of the same input bears on the next.
   *
   * @param good whether that would end well
   * @param told one line
   */
  record Standing(boolean good, String told) {}

  private record Totals(long prompts, long inputTokens) {
    Totals plus(long tokens) {
      return new Totals(prompts + 1, inputTokens + tokens);
    }
  }

  private final Surroundings here;
  private final String usualModel;
  private final Map<String, Totals> byModel = new TreeMap<>();
  private long prompts;
  private long bad;

  /**
   * @param usualModel of prompts that name none
   */
  DryRun(Surroundings here, String usualModel) {
    this.here = here;
    this.usualModel = usualModel;
  }

  /** Tells on standard output; the number of rows that make no prompt. */
  long show(Input input, PromptForm form) throws IOException {
    try (Rows rows = input.open(here.in(), form)) {
      for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
        add(next.get(), form);
      }
    }
    if (prompts == 0 && bad == 0) {
      throw input.noRows();
    }
    say("%,d prompts, %,d rows that make none; nothing was sent", prompts, bad);
    var costs = new CostText(Prices.shipped());
    byModel.forEach(
        (model, totals) -> {
          long output = totals.prompts() * Shipment.ASSUMED_OUTPUT_PER_PROMPT;
          say("  model     %s, %,d prompts", model, totals.prompts());
          say("  input     %,d tokens, estimated on the high side", totals.inputTokens());
          say(
              "  output    %,d tokens, assuming %d a prompt with thinking; it may be more",
              output, Shipment.ASSUMED_OUTPUT_PER_PROMPT);
          say("  cost      %s", costs.of(model, totals.inputTokens(), output));
          say("  prices    %s", costs.prices(model));
        });
    return bad;
  }

  private void add(Row row, PromptForm form) throws IOException {
    try {
      if (row instanceof Row.Unreadable unreadable) {
        throw new BadLineException(unreadable.reason());
      }
      PromptLine prompt = form.prompt((Row.Content) row, here.clock().instant());
      String named = prompt.event().getModel();
      String model = named == null ? usualModel : named;
      byModel.merge(
          model,
          new Totals(1, TokenEstimate.of(prompt.event())),
          (all, one) -> all.plus(one.inputTokens()));
      if (prompts++ < SHOWN) {
        show(row, prompt);
      }
    } catch (BadLineException e) {
      if (bad++ < SHOWN) {
        here.err().println(row.place() + ": " + e.reason());
        // Here no file holds it.
        if (!row.text().isEmpty()) {
          here.err().println("  " + Legible.line(row.text(), MOST_TEXT));
        }
      }
    }
  }

  private void show(Row row, PromptLine prompt) {
    PromptEvent event = prompt.event();
    say(
        "%s: key %s, id %s",
        row.place(), prompt.key().orElse("none"), event.getId().isEmpty() ? "none" : event.getId());
    if (event.getSystem() != null) {
      say("  system: %s", event.getSystem());
    }
    if (event.getPrompt() != null) {
      say("  %s", event.getPrompt());
    }
    for (Part part : event.getParts()) {
      say(
          "  + %s",
          part.getData() == null
              ? "a part of text or a file"
              : part.getMimeType() + ", " + part.getData().remaining() + " bytes");
    }
    if (event.getRequest() != null) {
      say("  a whole request of the API");
    }
  }

  private void say(String pattern, Object... values) {
    here.out().println(String.format(Locale.ROOT, pattern, values));
  }
}
