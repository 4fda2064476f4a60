package io.promptferry.local.demo;

import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the summary says of the answers themselves: their tokens, and a few to look at. */
final class AnswerTotals {

  private static final int SAMPLES = 3;

  /**
   * An answer beside its prompt.
   *
   * @param topic the one it was read from
   */
  record Sample(DemoPrompt prompt, String topic, String text) {}

  private final List<DemoPrompt> wanted;
  private final Map<String, Sample> samples = new HashMap<>();
  private long promptTokens;
  private long outputTokens;

  /**
   * @param prompts of which the first few are shown
   */
  AnswerTotals(List<DemoPrompt> prompts) {
    this.wanted = List.copyOf(prompts.subList(0, Math.min(SAMPLES, prompts.size())));
  }

  void add(ConsumerRecord<byte[], PromptResponse> answer) {
    Usage usage = answer.value().getUsage();
    if (usage != null) {
      promptTokens += usage.getPromptTokens();
      outputTokens += usage.getOutputTokens() + usage.getThinkingTokens();
    }
    String text = answer.value().getText();
    for (DemoPrompt prompt : wanted) {
      if (text != null && prompt.id().equals(answer.value().getId())) {
        samples.putIfAbsent(prompt.id(), new Sample(prompt, answer.topic(), text));
      }
    }
  }

  long promptTokens() {
    return promptTokens;
  }

  /** Thinking included, as it is billed. */
  long outputTokens() {
    return outputTokens;
  }

  /** Those of the first prompts that were answered, in the order of the prompts. */
  List<Sample> samples() {
    var found = new ArrayList<Sample>();
    for (DemoPrompt prompt : wanted) {
      Sample sample = samples.get(prompt.id());
      if (sample != null) {
        found.add(sample);
      }
    }
    return found;
  }
}
