package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDecoderTest {

  private static final PromptEvent EVENT =
      PromptEvent.newBuilder().setId("mine").setPrompt("a secret").build();

  private final FakeRegistry registry = new FakeRegistry();
  private final RecordDecoder<PromptEvent> decoder = registry.serdes().decoder(PromptEvent.class);
  private byte[] bytes = new byte[0];

  @BeforeEach
  void encode() {
    registry.addAll();
    bytes = registry.serdes().serializer(PromptEvent.class).serialize("prompts", EVENT);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void decodesWhatIsARecord() throws Exception {
    assertThat(decoder.decode("prompts", bytes)).isEqualTo(EVENT);
  }

  @Test
  void decodesALaterVersionRegisteredUnderASubjectOfItsOwn() throws Exception {
    Schema later =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "PromptEvent", "namespace": "io.promptferry.records",
                 "fields": [{"name": "id", "type": "string", "default": ""},
                            {"name": "prompt", "type": ["null", "string"], "default": null},
                            {"name": "mood", "type": "string", "default": ""}]}
                """);
    int id = registry.add("prompts-value", later);
    var record = new GenericRecordBuilder(later).set("id", "mine").set("prompt", "a secret");
    var body = new ByteArrayOutputStream();
    body.writeBytes(header(id));
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(body, null);
    new GenericDatumWriter<>(later).write(record.build(), encoder);
    encoder.flush();
    assertThat(decoder.decode("prompts", body.toByteArray())).isEqualTo(EVENT);
  }

  @Test
  void whatIsNotInConfluentsFormatIsUndecodable() {
    String expected =
        "the value is not in Confluent's wire format: a zero byte, a schema id, the Avro bytes";
    assertUndecodable(null, expected);
    assertUndecodable(new byte[0], expected);
    assertUndecodable(new byte[] {0, 0, 0, 1}, expected);
    assertUndecodable("{\"prompt\":\"why?\"}".getBytes(StandardCharsets.UTF_8), expected);
  }

  @Test
  void bytesThatEndEarlyAreUndecodable() {
    for (int length = 5; length < bytes.length; length++) {
      assertUndecodable(
          Arrays.copyOf(bytes, length), "the value is no record of the schema that it names");
    }
  }

  @RepeatedTest(50)
  void noiseIsUndecodableOrARecordAndNothingElse() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    byte[] noise = bytes.clone();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      noise[5 + random.nextInt(noise.length - 5)] = (byte) random.nextInt();
    }
    try {
      assertThat(decoder.decode("prompts", noise)).as("seed %d", seed).isNotNull();
    } catch (UndecodableException e) {
      assertThat(e).as("seed %d", seed).hasMessageNotContaining("secret");
    }
  }

  @Test
  void aTextThatClaimsToBeHugeIsUndecodableAndTakesNoMemory() {
    // The id's length as a zigzag number: two thousand million.
    byte[] huge =
        new byte[] {0, 0, 0, 0, bytes[4], (byte) 0x80, (byte) 0xD0, (byte) 0xAC, (byte) 0xF3, 0x0E};
    assertUndecodable(huge, "the value is no record of the schema that it names");
  }

  @Test
  void aRecordOfAnotherTypeIsUndecodable() {
    int id = registry.add("others", PromptResponse.getClassSchema());
    assertUndecodable(header(id), "the value is no record of the schema that it names");
  }

  @Test
  void whatIsNoRecordIsUndecodable() {
    int id = registry.add("others", Schema.create(Schema.Type.INT));
    byte[] number = Arrays.copyOf(header(id), 6);
    assertUndecodable(number, "the value is no record of the schema that it names");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"schema\":\"message Prompt { string id = 1; }\",\"schemaType\":\"PROTOBUF\"}",
        "{\"schema\":\"{\\\"type\\\":\\\"record\\\"}\"}"
      })
  void aSchemaThatIsNoAvroIsUndecodable(String answer) {
    int id = registry.addRaw(answer);
    assertUndecodable(header(id), "the registry's schema " + id + " is no Avro schema");
  }

  @Test
  void aSchemaThatTheRegistryDoesNotKnowIsUndecodable() {
    assertUndecodable(header(999), "the registry knows no schema 999");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aRegistryThatGoesAwayIsNotTheBytesFault(int answers) throws Exception {
    registry.goAwayAfter(answers);
    for (int i = 0; i < 3; i++) {
      decodeOrFailForTheRegistry();
    }
    registry.comeBack();
    assertThat(decoder.decode("prompts", bytes)).isEqualTo(EVENT);
    registry.goAwayAfter(0);
    assertThat(decoder.decode("prompts", bytes)).isEqualTo(EVENT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 | {\"error_code\":50001,\"message\":\"store\"}",
        "401 | {\"error_code\":401,\"message\":\"who?\"}",
        "404 | <html>no backend</html>",
        "404 | {\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}",
        "200 | <html>log in</html>"
      })
  void aRegistryThatDoesNotAnswerTheQuestionIsNotTheBytesFault(int status, String body)
      throws Exception {
    registry.refuse(status, body);
    assertThatThrownBy(() -> decoder.decode("prompts", bytes))
        .isInstanceOf(KafkaException.class)
        .hasMessage("the schema registry does not answer: check schema.registry.url");
    registry.comeBack();
    assertThat(decoder.decode("prompts", bytes)).isEqualTo(EVENT);
  }

  private void decodeOrFailForTheRegistry() throws Exception {
    try {
      assertThat(decoder.decode("prompts", bytes)).isEqualTo(EVENT);
    } catch (KafkaException e) {
      assertThat(e)
          .hasMessage("the schema registry does not answer: check schema.registry.url")
          .hasCauseInstanceOf(IOException.class);
    }
  }

  private void assertUndecodable(byte @Nullable [] data, String message) {
    assertThatThrownBy(() -> decoder.decode("prompts", data))
        .isInstanceOf(UndecodableException.class)
        .hasMessage(message);
  }

  private static byte[] header(int id) {
    return ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
  }
}
