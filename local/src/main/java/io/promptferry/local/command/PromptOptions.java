package io.promptferry.local.command;

import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.PromptForm;
import io.promptferry.local.rows.Template;
import io.promptferry.local.rows.TemplateForm;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that make prompts of rows. */
final class PromptOptions {

  @Option(
      names = "--prompt",
      paramLabel = "TEMPLATE",
      converter = TemplateConverter.class,
      description =
          "The prompt of each row; {column} is the row's, {{ and }} are braces. Without it a line of"
              + " JSON holds the fields of a prompt, and a text file is the prompt")
  private @Nullable Template prompt;

  @Option(
      names = "--key",
      paramLabel = "TEMPLATE",
      converter = TemplateConverter.class,
      description =
          "The Kafka key, which the answer's topic is named after. A row for which it is empty has no"
              + " key, and its answer goes to the shared topic. Default: none")
  private @Nullable Template key;

  @Option(
      names = "--id",
      paramLabel = "TEMPLATE",
      converter = TemplateConverter.class,
      description =
          "The prompt's id, which comes back. Default: where it stands in its topic. Where the batcher drops"
              + " repeated ids (dedup.window.ms), one that an earlier run has sent gets no answer of its own")
  private @Nullable Template id;

  @Option(
      names = "--system",
      paramLabel = "TEMPLATE",
      converter = TemplateConverter.class,
      description = "The system instruction. Default: none")
  private @Nullable Template system;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "The model. Default: the batcher's prompt.default.model")
  private @Nullable String model;

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description = "A JSON Schema that the answers must fit")
  private @Nullable Path schema;

  @Option(
      names = "--attribute",
      paramLabel = "NAME=TEMPLATE",
      converter = {StringConverter.class, TemplateConverter.class},
      description = "A note that comes back with the answer; may be given several times")
  private Map<String, Template> attributes = new LinkedHashMap<>();

  /** Names of attributes stand as they are. */
  static final class StringConverter implements picocli.CommandLine.ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return text;
    }
  }

  /**
   * What makes prompts of this input's rows.
   *
   * @throws CommandException when the options do not fit the input, or the schema cannot be read
   */
  PromptForm form(Input input) throws IOException {
    boolean others =
        Stream.of(key, id, system, model, schema).anyMatch(option -> option != null)
            || !attributes.isEmpty();
    if (prompt == null && input.form() == Input.Form.JSONL) {
      if (others) {
        throw new CommandException(
            "--key, --id, --system, --model, --schema and --attribute go with --prompt: without it"
                + " each line holds the fields of its prompt");
      }
      return PromptForm.FIELDS;
    }
    if (prompt == null && input.form() == Input.Form.CSV) {
      throw new CommandException(
          "--prompt is missing: it makes a prompt of a row, for example --prompt 'Summarise: {review}'");
    }
    return new TemplateForm(
        Optional.ofNullable(prompt),
        Optional.ofNullable(key),
        Optional.ofNullable(id),
        Optional.ofNullable(system),
        Optional.ofNullable(model),
        schema(),
        attributes);
  }

  private Optional<String> schema() throws IOException {
    if (schema == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(schema));
    } catch (NoSuchFileException e) {
      throw new CommandException("there is no file " + schema, e);
    } catch (MalformedInputException e) {
      throw new CommandException(schema + " is not UTF-8", e);
    }
  }
}
