package io.promptferry.local.demo.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseTopicsTest {

  private final ResponseTopics topics = new ResponseTopics("responses");

  @Test
  void everyByteThatIsNoLetterOrDigitIsSpeltOut() {
    assertThat(topics.of("Abraham Lincoln")).isEqualTo("responses.Abraham-20Lincoln");
    assertThat(topics.of("a.b_c-d")).isEqualTo("responses.a-2Eb-5Fc-2Dd");
    assertThat(topics.of("Zo\u00eb9")).isEqualTo("responses.Zo-C3-AB9");
  }

  @Test
  void answersMayStandOnTheSharedTopicAndOnThoseUnderIt() {
    assertThat(topics.contains("responses")).isTrue();
    assertThat(topics.contains("responses.a")).isTrue();
    assertThat(topics.contains("prompts")).isFalse();
    assertThat(topics.contains("responses-of-others")).isFalse();
  }
}
