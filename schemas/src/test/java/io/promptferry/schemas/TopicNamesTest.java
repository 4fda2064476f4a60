package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNamesTest {

  private static final String TEMPLATE = "responses.{key}";

  /**
   * What other languages test themselves with. These names are on disk in other people's clusters:
   * a change here loses their answers.
   */
  @TestFactory
  Stream<DynamicTest> theVectorsOfTheDocumentation() throws IOException {
    JsonNode vectors =
        new ObjectMapper()
            .readTree(Path.of("..", "docs", "topic-names.json").toFile())
            .get("vectors");
    assertThat(vectors).hasSizeGreaterThan(30);
    assertThat(vectors.findValuesAsText("topic")).doesNotHaveDuplicates();
    return StreamSupport.stream(vectors.spliterator(), false)
        .map(vector -> DynamicTest.dynamicTest(vector.get("what").asText(), () -> hold(vector)));
  }

  private static void hold(JsonNode vector) {
    byte[] key = HexFormat.of().parseHex(vector.get("keyHex").asText());
    assertThat(TopicNames.of(TEMPLATE, key)).isEqualTo(vector.get("topic").asText());
    if (vector.has("key")) {
      assertThat(vector.get("key").asText().getBytes(UTF_8)).isEqualTo(key);
    }
  }

  @Test
  void bytesThatAreNoTextAreAKeyToo() {
    assertThat(TopicNames.of(TEMPLATE, new byte[] {0, -1, (byte) 0x80, 10}))
        .isEqualTo("responses.-00-FF-80-0A");
  }

  @Test
  void aLongKeyEndsInItsHash() {
    assertThat(of("k".repeat(239))).isEqualTo("responses." + "k".repeat(239));
    assertThat(of("k".repeat(240)))
        .hasSize(249)
        .isEqualTo("responses." + "k".repeat(205) + "--d4ad04616864c5be048f4410f8ccaae4");
    assertThat(of("k".repeat(300))).hasSize(249).isNotEqualTo(of("k".repeat(301)));
    assertThat(of("k".repeat(300) + "a")).isNotEqualTo(of("k".repeat(300) + "b"));
  }

  @Test
  void aWholeNameNeverLooksLikeACutOne() {
    String cut = of("k".repeat(300));
    String key = cut.substring("responses.".length());

    assertThat(of(key)).isNotEqualTo(cut);
    assertThat(of("-".repeat(50)).substring(9)).doesNotContain("--");
  }

  @Test
  void withoutAPlaceForTheKeyAllKeysShareATopic() {
    assertThat(TopicNames.of("answers", "a".getBytes(UTF_8))).isEqualTo("answers");
    assertThat(TopicNames.of("answers", new byte[300])).isEqualTo("answers");
  }

  /** The name of a failed run shows its seed. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noTwoKeysShareANameAndAllNamesAreLegal(long seed) {
    var random = new Random(seed);
    List<String> alphabet = List.of("-", "-", "2", "D", "E", ".", "_", " ", "a", "\u00fc", "{key}");
    Map<String, ByteBuffer> keys = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      byte[] key = key(random, alphabet);
      String name = TopicNames.of(TEMPLATE, key);
      assertThat(name).matches("responses\\.[a-zA-Z0-9-]+").hasSizeLessThanOrEqualTo(249);
      ByteBuffer other = keys.putIfAbsent(name, ByteBuffer.wrap(key));
      if (other != null) {
        assertThat(other).as(name).isEqualTo(ByteBuffer.wrap(key));
      }
    }
  }

  /** Short ones that nearly collide, long ones that begin alike, and any bytes. */
  private static byte[] key(Random random, List<String> alphabet) {
    var key = new StringBuilder();
    switch (random.nextInt(4)) {
      case 0 -> {
        byte[] bytes = new byte[random.nextInt(6)];
        random.nextBytes(bytes);
        return bytes;
      }
      case 1 -> key.append("k".repeat(200 + random.nextInt(60)));
      default -> {}
    }
    int length = random.nextInt(7);
    for (int i = 0; i < length; i++) {
      key.append(alphabet.get(random.nextInt(alphabet.size())));
    }
    return key.toString().getBytes(UTF_8);
  }

  private static String of(String key) {
    return TopicNames.of(TEMPLATE, key.getBytes(UTF_8));
  }
}
