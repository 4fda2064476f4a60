package io.promptferry.local.command;

import java.util.Optional;

/** A terminal with somebody at it. */
@FunctionalInterface
public interface Terminal {

  /** What is typed after the question; empty when the terminal is closed instead. */
  Optional<String> ask(String question);
}
