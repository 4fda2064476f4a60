package io.promptferry.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptDigestTest {
  @Test
  void isSha256OfUtf8() {
    // printf 'abc' | sha256sum, and of "ü" in two bytes
    assertThat(PromptDigest.of("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(PromptDigest.of("ü"))
        .isEqualTo("607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f");
  }

  @Test
  void takesTheTextOfTheUserAlone() {
    String request =
        """
        {"systemInstruction":{"parts":[{"text":"no"}]},
         "contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{}},{"text":"b"}]},
                     {"role":"model","parts":[{"text":"no"}]},
                     {"parts":[{"text":"c"}]}]}
        """;
    assertThat(PromptDigest.textOf(WireClient.parsed(request))).isEqualTo("abc");
  }

  @Test
  void isFoundInAnAnswer() {
    String digest = PromptDigest.of("x");
    assertThat(PromptDigest.in("{\"summary\":\"x [sha256:" + digest + "]\"}")).contains(digest);
    assertThat(PromptDigest.in("x [sha256:abc]")).isEmpty();
  }

  @Test
  void anExtractIsOneLineCutAtAWord() {
    String words = "one two\n three ".repeat(50);
    AnswerText says = AnswerText.of(words);
    assertThat(says.extract())
        .hasSizeLessThanOrEqualTo(80)
        .hasSizeGreaterThan(70)
        .matches("(one two three ?)+(one( two)?)?");
    assertThat(AnswerText.of("short").full())
        .isEqualTo("short [sha256:" + PromptDigest.of("short") + "]");
    assertThat(AnswerText.of("x" + "😀".repeat(60)).extract()).as("no half").hasSize(79);
  }
}
