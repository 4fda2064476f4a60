package io.promptferry.local.answers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.promptferry.local.client.Answers;
import io.promptferry.records.PromptResponse;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An answer alone, or {@code {"row":1,"input":{…},"answer":{…}}}; of a row that could not be read,
 * its {@code "text"} stands beside an input that has only what is known of it.
 */
record JsonAnswers(Optional<InputRows> rows) implements AnswerLines {

  @Override
  public Optional<String> header() {
    return Optional.empty();
  }

  @Override
  public String line(int row, ConsumerRecord<byte[], PromptResponse> answer) throws IOException {
    ObjectNode json = Answers.json(answer);
    if (rows.isEmpty()) {
      return json.toString();
    }
    return beside(row, json);
  }

  @Override
  public String unanswered(int row) throws IOException {
    return beside(row, NullNode.instance);
  }

  private String beside(int row, JsonNode answer) throws IOException {
    InputRows of = rows.orElseThrow();
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("row", row);
    // As it was written: read and written again, 1.10 would become 1.1.
    line.putRawValue("input", new RawValue(of.json(row)));
    of.unreadable(row).ifPresent(text -> line.put("text", text));
    line.set("answer", answer);
    return line.toString();
  }
}
