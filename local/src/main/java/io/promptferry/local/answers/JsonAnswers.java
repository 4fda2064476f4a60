package io.promptferry.local.answers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.local.client.Answers;
import io.promptferry.records.PromptResponse;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** An answer alone, or {@code {"row":1,"input":{…},"answer":{…}}}. */
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
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("row", row);
    ObjectNode input = line.putObject("input");
    rows.get().columns(row).forEach(input::put);
    line.set("answer", json);
    return line.toString();
  }
}
