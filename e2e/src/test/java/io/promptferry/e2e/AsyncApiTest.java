package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What docs/asyncapi.yaml says of the public topics is what the code does. Whether it is valid
 * AsyncAPI is seen by e2e/asyncapi/run.sh.
 */
class AsyncApiTest {

  @Test
  void theDocumentSaysWhatTheCodeDoes() throws IOException {
    assertThat(AsyncApi.differences(AsyncApi.read())).isEmpty();
  }

  @Test
  void aKeyIsThereOnce() {
    assertThatThrownBy(() -> AsyncApi.parse("channels: {}\nchannels: {}\n"))
        .isInstanceOf(JsonProcessingException.class);
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /asyncapi                                                          | 3.1.0      | asyncapi
          /info/version                                                      | 0.0.9      | version
          /servers/local/host                                                | elsewhere  | host
          /servers/local/bindings/kafka/schemaRegistryUrl                    | elsewhere  | schemaRegistryUrl
          /channels/prompts/address                                          | prompt     | addresses
          /channels/deadLetters                                              |            | addresses
          /channels/responsesOfKey/address                                   | responses  | addresses
          /channels/more                                                     | {address: slices} | addresses
          /channels/prompts/bindings/kafka/partitions                        | 12         | prompts: partitions
          /channels/responsesOfKey/bindings/kafka/partitions                 | 2          | responses.{key}: partitions
          /channels/deadLetters/bindings/kafka/partitions                    |            | prompts.dlq: partitions
          /channels/responsesOfKey/bindings/kafka/topicConfiguration/retention.ms | 86400000 | responses.{key}: topicConfiguration
          /channels/responses/bindings/kafka/topicConfiguration/cleanup.policy | [compact, delete] | responses: topicConfiguration
          /channels/prompts/bindings/kafka/topicConfiguration/message.timestamp.type | | prompts: topicConfiguration
          /channels/responses/messages                                       | {}         | responses: messages
          /channels/responses/messages/answer/$ref                           | '#/components/messages/prompt' | PromptResponse: schema
          /operations/takePrompt/action                                      | send       | actions
          /operations/refusePrompt                                           |            | actions
          /operations/answerOnSharedTopic/channel/$ref                       | '#/channels/none' | exists
          /components/messages/prompt/name                                   | Event      | name: the code has PromptEvent
          /components/messages/prompt/payload/schema/$ref                    | '../schemas/src/main/avro/Event.avsc' | exists
          /components/messages/prompt/payload/schema/$ref                    | '../schemas/src/main/avro/Slice.avsc' | full name
          /components/messages/answer/payload/schemaFormat                   | application/json | schemaFormat
          /components/messages/answer/bindings/kafka/schemaLookupStrategy    | TopicNameStrategy | schemaLookupStrategy
          /components/messages/answer/bindings/kafka/key                     |            | has a key
          /components/messages/answer/headers/required                       |            | PromptResponse: required headers
          /components/messages/answer/headers/properties/promptferry-prompt  |            | PromptResponse: headers
          /components/messages/answer/headers/properties/promptferry-more    | {}         | PromptResponse: headers
          /components/messages/answer/headers/properties/promptferry-overflow/enum | [CAP] | reasons of promptferry-overflow
          /components/messages/prompt/headers/properties/promptferry-replays |            | PromptEvent: headers
          /components/messages/prompt/headers/properties/traceparent         |            | PromptEvent: headers
          /components/messages/prompt/headers/propertyNames/not/enum         | [promptferry-prompt] | reserved headers
          /components/messages/prompt/description                            | A prompt.  | PromptEvent: the description names the subject
          /components/messages/answer/headers/properties/promptferry-run     |            | PromptResponse: headers
          /components/messages/deadLetter/contentType                        |            | contentType of a dead letter
          /components/messages/deadLetter/headers/required                   | [promptferry-reason] | DeadLetter: required headers
          /components/messages/deadLetter/headers/properties/promptferry-reason | | DeadLetter: headers
          /components/messages/deadLetter/payload                            | {}         | a dead letter has a payload
          """)
  void aWrongDocumentIsSeen(String where, String value, String difference) throws IOException {
    JsonNode document = AsyncApi.read();
    JsonPointer place = JsonPointer.compile(where);
    var parent = (ObjectNode) document.at(place.head());
    String field = place.last().getMatchingProperty();
    if (value == null) {
      assertThat(parent.remove(field)).isNotNull();
    } else {
      parent.set(field, AsyncApi.parse(value.startsWith("#") ? "'" + value + "'" : value));
    }

    assertThat(AsyncApi.differences(document)).anyMatch(found -> found.contains(difference));
  }
}
