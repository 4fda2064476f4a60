package io.promptferry.producer;

import io.promptferry.records.PromptEvent;

/** Builds the raw form: a whole request of the API as JSON. */
public final class RawPrompt extends PromptBuilder<RawPrompt> {

  private final String json;

  RawPrompt(String json) {
    this.json = json;
  }

  @Override
  RawPrompt self() {
    return this;
  }

  @Override
  void fill(PromptEvent.Builder event) {
    event.setRequest(json);
  }
}
