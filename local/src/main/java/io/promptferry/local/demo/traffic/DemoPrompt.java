package io.promptferry.local.demo.traffic;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What is asked about one passage. Its texts are made on demand, so that holding many costs little.
 *
 * @param lap how many times the passage has been used, this time included; from 1
 * @param json whether the answer is to be JSON by {@link #SCHEMA} and not plain text
 */
public record DemoPrompt(Passage passage, int lap, boolean json) {

  static final int ONE_IN_JSON = 3;

  /** The name of the header that tells one prompt's journey from another's (W3C Trace Context). */
  public static final String TRACE_HEADER = "traceparent";

  /** The fields that {@link #SCHEMA} requires: the free one, then those with a choice. */
  public static final String SUMMARY = "summary";

  public static final Map<String, List<String>> CHOICES =
      Map.of(
          "topic",
          List.of("ECONOMY", "FOREIGN_AFFAIRS", "WAR_AND_PEACE", "LAW", "SOCIETY", "OTHER"),
          "tone",
          List.of("HOPEFUL", "NEUTRAL", "WARNING"));

  /** A JSON Schema. The free string comes first: a model writes better when it says, then sorts. */
  static final String SCHEMA =
      """
      {"type": "object",
       "properties": {
         "summary": {"type": "string", "description": "The passage in one line."},
         "topic": {"type": "string", "enum": %s},
         "tone": {"type": "string", "enum": %s}},
       "required": ["summary", "topic", "tone"],
       "propertyOrdering": ["summary", "topic", "tone"]}
      """
          .formatted(quoted("topic"), quoted("tone"));

  /** The caller's id, unique in a run. */
  public String id() {
    return lap == 1 ? passage.id() : passage.id() + "-lap" + lap;
  }

  public String key() {
    return passage.key();
  }

  /** The text of the prompt, unlike that of any other in the run. */
  public String text() {
    String ask =
        json
            ? "Summarise the passage above in one line, and name its topic and its tone."
            : "Summarise the passage above in one line of plain text.";
    String again = lap == 1 ? "" : " This is your reading number %d: word it anew.".formatted(lap);
    return passage.text() + "\n\n" + ask + again;
  }

  /** What goes back and forth untouched beside the prompt. */
  public Map<String, String> attributes() {
    return Map.of("year", Integer.toString(passage.year()), "party", passage.party());
  }

  /** The value of {@link #TRACE_HEADER}: made from the id, so that it can be told again. */
  public String traceparent() {
    UUID trace = UUID.nameUUIDFromBytes(id().getBytes(StandardCharsets.UTF_8));
    return "00-%016x%016x-%016x-01"
        .formatted(
            trace.getMostSignificantBits(),
            trace.getLeastSignificantBits(),
            trace.getLeastSignificantBits());
  }

  /** The value of the record. */
  public PromptEvent event() {
    return PromptEvent.newBuilder()
        .setId(id())
        .setPrompt(text())
        .setSystem(
            "You summarise speeches of presidents for people in a hurry. This one is by %s, %d."
                .formatted(passage.key(), passage.year()))
        .setResponseJsonSchema(json ? SCHEMA : null)
        .setGeneration(GenerationSettings.newBuilder().setTemperature(0.2).build())
        .setAttributes(attributes())
        .build();
  }

  private static String quoted(String field) {
    return "[\"" + String.join("\", \"", CHOICES.getOrDefault(field, List.of())) + "\"]";
  }
}
