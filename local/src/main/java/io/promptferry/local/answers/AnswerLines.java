package io.promptferry.local.answers;

import io.promptferry.records.PromptResponse;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes an answer a line. */
public interface AnswerLines {

  /** What stands before the first. */
  Optional<String> header();

  /**
   * An answer, without an end of line; a text of several lines may be in it, in quotes.
   *
   * @param row that it answers; 0 where that is not known
   */
  String line(int row, ConsumerRecord<byte[], PromptResponse> answer) throws IOException;

  /**
   * A row that has no answer, in the same form.
   *
   * @throws java.util.NoSuchElementException when no rows were given
   */
  String unanswered(int row) throws IOException;
}
