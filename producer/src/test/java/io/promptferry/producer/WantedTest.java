package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class WantedTest {

  private static final List<String> TOPICS =
      List.of(
          "p.responses",
          "p.responses.a-2Eb",
          "p.responses.c",
          "responses.c",
          "p.prompts",
          "r",
          "x");

  @Test
  void keysHaveTheirTopicsAndTheSharedOne() {
    var wanted = new Wanted("p.responses.{key}", "p.responses", Set.of("a.b"), Set.of("r"), false);

    assertThat(read(wanted)).containsExactly("p.responses", "p.responses.a-2Eb", "r");
    assertThat(wanted.wants(record("p.responses.a-2Eb", "anything"))).isTrue();
    assertThat(wanted.wants(record("p.responses", "a.b"))).isTrue();
    assertThat(wanted.wants(record("p.responses", "c"))).isFalse();
    assertThat(wanted.wants(record("r", "c"))).isTrue();
  }

  @Test
  void allKeysAreAllThatBeginLikeTheTemplate() {
    var wanted = new Wanted("p.responses.{key}", "p.responses", Set.of(), Set.of(), true);

    assertThat(read(wanted)).containsExactly("p.responses", "p.responses.a-2Eb", "p.responses.c");
    assertThat(wanted.wants(record("p.responses", "c"))).isTrue();
  }

  @Test
  void whereAllKeysShareATopicTheirsAreFoundByTheKey() {
    var wanted = new Wanted("x", "p.responses", Set.of("a"), Set.of(), false);

    assertThat(read(wanted)).containsExactly("p.responses", "x");
    assertThat(wanted.wants(record("x", "a"))).isTrue();
    assertThat(wanted.wants(record("x", "b"))).isFalse();
    assertThat(read(new Wanted("x", "p.responses", Set.of(), Set.of(), true)))
        .containsExactly("p.responses", "x");
  }

  /** By the set and by the pattern, which must agree. */
  private static List<String> read(Wanted wanted) {
    List<String> read = TOPICS.stream().filter(wanted::reads).toList();
    assertThat(TOPICS.stream().filter(wanted.pattern().asMatchPredicate())).isEqualTo(read);
    return read;
  }

  private static ConsumerRecord<byte[], String> record(String topic, String key) {
    return new ConsumerRecord<>(topic, 0, 0, key.getBytes(UTF_8), "");
  }
}
