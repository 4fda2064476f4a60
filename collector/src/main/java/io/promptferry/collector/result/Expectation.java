package io.promptferry.collector.result;

import io.promptferry.schemas.ErrorReason;
import java.util.Optional;

/** What the text of an answer must be for the answer to be of use. */
@FunctionalInterface
public interface Expectation {

  /** Any text will do. */
  Expectation NONE = text -> Optional.empty();

  /**
   * How a text falls short.
   *
   * @param flaw quotes the prompt's schema at most, nothing of the text
   */
  record Misfit(ErrorReason reason, String flaw) {}

  /** Nothing where the text will do. */
  Optional<Misfit> misfit(String text);
}
