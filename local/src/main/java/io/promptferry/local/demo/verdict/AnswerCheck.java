package io.promptferry.local.demo.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.records.PromptResponse;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.simulator.PromptDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Holds one answer against the prompt whose id it bears. */
final class AnswerCheck {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ResponseTopics topics;
  private final Evidence evidence;

  AnswerCheck(ResponseTopics topics, Evidence evidence) {
    this.topics = topics;
    this.evidence = evidence;
  }

  /** What shows that the answer is not this prompt's; empty when all is well. */
  List<String> misattributions(Sent sent, ConsumerRecord<byte[], PromptResponse> answer) {
    var found = new ArrayList<String>();
    DemoPrompt prompt = sent.prompt();
    if (!Arrays.equals(answer.key(), prompt.key().getBytes(StandardCharsets.UTF_8))) {
      found.add("its Kafka key is not '" + prompt.key() + "'");
    }
    String topic = topics.of(prompt.key());
    if (!answer.topic().equals(topic)) {
      found.add("it is not on " + topic);
    }
    List<String> from = headers(answer, HeaderNames.PROMPT);
    if (!from.isEmpty() && !from.equals(List.of(sent.coordinates()))) {
      found.add("it names the prompt at %s, not %s".formatted(from, sent.coordinates()));
    }
    if (evidence == Evidence.DIGESTS_AND_LEDGER) {
      checkDigest(prompt, answer.value(), found);
    }
    return found;
  }

  private static void checkDigest(DemoPrompt prompt, PromptResponse answer, List<String> found) {
    Optional<String> digest = PromptDigest.in(saying(prompt, answer));
    if (!digest.equals(Optional.of(PromptDigest.of(prompt.text())))) {
      found.add(
          digest.isEmpty() ? "its text carries no digest" : "its text answers another prompt");
    }
  }

  /** What was lost on the way of an answer that is this prompt's; empty when all is well. */
  List<String> damages(Sent sent, ConsumerRecord<byte[], PromptResponse> answer) {
    var found = new ArrayList<String>();
    DemoPrompt prompt = sent.prompt();
    if (!headers(answer, DemoPrompt.TRACE_HEADER).equals(List.of(prompt.traceparent()))) {
      found.add("the header " + DemoPrompt.TRACE_HEADER + " did not come back as it was sent");
    }
    if (headers(answer, HeaderNames.PROMPT).isEmpty()) {
      found.add("the header " + HeaderNames.PROMPT + " is missing");
    }
    if (!answer.value().getAttributes().equals(prompt.attributes())) {
      found.add("its attributes are not the prompt's");
    }
    if (prompt.json() && !fits(object(answer.value().getText()))) {
      found.add("its text does not fit the schema");
    }
    return found;
  }

  /** The free text of the answer, which for JSON is a field of it. */
  static String saying(DemoPrompt prompt, PromptResponse response) {
    String text = response.getText();
    if (prompt.json()) {
      return object(text).path(DemoPrompt.SUMMARY).asText("");
    }
    return text == null ? "" : text;
  }

  private static boolean fits(JsonNode object) {
    return object.path(DemoPrompt.SUMMARY).isTextual()
        && DemoPrompt.CHOICES.entrySet().stream()
            .allMatch(
                choice ->
                    object.path(choice.getKey()).isTextual()
                        && choice.getValue().contains(object.path(choice.getKey()).asText()));
  }

  private static JsonNode object(@Nullable String text) {
    try {
      return JSON.readTree(text == null ? "" : text);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static List<String> headers(ConsumerRecord<?, ?> record, String name) {
    return StreamSupport.stream(record.headers().headers(name).spliterator(), false)
        .map(
            header ->
                header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8))
        .toList();
  }
}
