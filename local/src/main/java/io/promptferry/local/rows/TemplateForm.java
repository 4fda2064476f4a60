package io.promptferry.local.rows;

import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes prompts by templates. A row's image, and a text that the templates do not name, go along as
 * a part behind the prompt.
 *
 * @param prompt the prompt's text; empty: the text of a file
 * @param key the Kafka key; empty, or empty for a row: none
 * @param id empty: none, so that it is the prompt's coordinates. A number or a file's name would be
 *     the same in the next input, whose prompts a batcher with {@code dedup.window.ms} would drop
 * @param system empty: none
 * @param model empty: the batcher's
 * @param schema that the answer must fit; empty: none
 * @param attributes by name
 */
public record TemplateForm(
    Optional<Template> prompt,
    Optional<Template> key,
    Optional<Template> id,
    Optional<Template> system,
    Optional<String> model,
    Optional<String> schema,
    Map<String, Template> attributes)
    implements PromptForm {

  private static final Template WHOLE_TEXT = Template.parse("{" + FolderRows.TEXT + "}");

  public TemplateForm {
    attributes = new LinkedHashMap<>(attributes);
  }

  @Override
  public PromptLine prompt(Row.Content row, Instant now) throws BadLineException, IOException {
    Map<String, String> columns = row.columns();
    PromptEvent event = new PromptEvent();
    event.setId(id.isPresent() ? id.get().render(columns) : "");
    event.setModel(model.orElse(null));
    if (prompt.isEmpty() && row.media().filter(Row.Media::isImage).isPresent()) {
      throw new BadLineException("is an image: say with --prompt what to do with it");
    }
    event.setPrompt(question(prompt.orElse(WHOLE_TEXT), columns));
    event.setSystem(system.isPresent() ? system.get().render(columns) : null);
    event.setResponseJsonSchema(schema.orElse(null));
    event.setParts(parts(row));
    Map<String, String> notes = new LinkedHashMap<>();
    for (Map.Entry<String, Template> attribute : attributes.entrySet()) {
      notes.put(attribute.getKey(), attribute.getValue().render(columns));
    }
    event.setAttributes(notes);
    return PromptLine.checked(
        key.isPresent() ? key(key.get().render(columns)) : Optional.empty(), Map.of(), event, now);
  }

  /** Whose column is empty means no key, and not the empty one, which has a topic of its own. */
  private static Optional<String> key(String rendered) {
    return rendered.isEmpty() ? Optional.empty() : Optional.of(rendered);
  }

  /** Refuses what an empty row makes of a template: an empty question is answered, and paid for. */
  private static String question(Template template, Map<String, String> columns)
      throws BadLineException {
    String question = template.render(columns);
    Set<String> named = template.columns();
    if (!named.isEmpty()
        && named.stream().allMatch(name -> columns.getOrDefault(name, "").isBlank())) {
      throw new BadLineException(
          "nothing is asked: %s %s empty, and the prompt names no other column"
              .formatted(String.join(", ", named), named.size() == 1 ? "is" : "are"));
    }
    return question;
  }

  private List<Part> parts(Row.Content row) throws IOException {
    var parts = new ArrayList<Part>();
    if (row.media().isEmpty()) {
      return parts;
    }
    Row.Media media = row.media().get();
    if (media.isImage()) {
      var bytes = ByteBuffer.wrap(Files.readAllBytes(media.file()));
      parts.add(new Part(null, null, bytes, media.mimeType()));
    } else if (prompt.isPresent() && !columns().contains(FolderRows.TEXT)) {
      parts.add(new Part(row.columns().get(FolderRows.TEXT), null, null, null));
    }
    return parts;
  }

  @Override
  public Set<String> columns() {
    var names = new LinkedHashSet<String>();
    Stream.of(prompt, key, id, system)
        .flatMap(Optional::stream)
        .forEach(template -> names.addAll(template.columns()));
    attributes.values().forEach(template -> names.addAll(template.columns()));
    return names;
  }

  @Override
  public String description() {
    // The record's own: every component has a text that differs when it does.
    return toString();
  }
}
