package io.promptferry.local.trace;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.dlq.Legible;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A prompt's way, ready to be told.
 *
 * @param steps what happened to it
 * @param now where it is
 */
public record Trace(Prompt prompt, List<Step> steps, Whereabouts now) {

  public Trace {
    steps = List.copyOf(steps);
  }

  /** Follows a prompt. */
  public static Trace of(Prompt prompt, TrailReader reader, Instant now) {
    Trail trail = reader.read(prompt);
    return new Trace(prompt, Steps.of(trail), Whereabouts.of(trail, now));
  }

  /** The lines for a person. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(
        "prompt  "
            + prompt.place()
            + prompt.id().map(id -> ", id " + Legible.line(id, 80)).orElse("")
            + prompt.key().map(key -> ", key " + Legible.line(Legible.text(key), 80)).orElse("")
            + (prompt.at().isEmpty() ? ", no longer in its topic" : ""));
    steps.forEach(
        step -> lines.add("%s  %-10s  %s".formatted(step.at(), step.name(), step.text())));
    lines.add(
        "now     "
            + now.stage().name().toLowerCase(Locale.ROOT).replace('_', ' ')
            + ": "
            + now.text());
    return lines;
  }

  /** As one object. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("prompt", prompt.place().toString());
    prompt.id().ifPresent(id -> json.put("id", id));
    prompt.key().ifPresent(key -> json.put("key", Legible.text(key)));
    prompt.at().ifPresent(at -> json.put("promptedAt", at.toString()));
    ArrayNode all = json.putArray("steps");
    steps.forEach(step -> all.add(step.json()));
    json.putObject("now").put("stage", now.stage().name()).put("text", now.text());
    return json;
  }
}
