package io.promptferry.local.rows;

import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;

/** How a row becomes a prompt. */
public interface PromptForm {

  /** A row holds the fields of a prompt, as {@link PromptLine} has them. */
  PromptForm FIELDS =
      new PromptForm() {
        @Override
        public PromptLine prompt(Row.Content row, Instant now) throws BadLineException {
          return PromptLine.parse(row.text(), now);
        }

        @Override
        public Set<String> columns() {
          return Set.of();
        }

        @Override
        public String description() {
          return "fields";
        }
      };

  /**
   * The prompt of a row, which has passed validation.
   *
   * @param now against which a deadline is held
   * @throws BadLineException when the row makes no prompt that would be answered
   * @throws IOException when an image cannot be read
   */
  PromptLine prompt(Row.Content row, Instant now) throws BadLineException, IOException;

  /** The columns without which no row makes a prompt. */
  Set<String> columns();

  /** All that the prompts depend on beside the rows; equal for equal forms. */
  String description();
}
