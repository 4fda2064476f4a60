package io.promptferry.local.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.schemas.PromptValidation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class PassagesTest {

  @Test
  void theBuildBringsThePassagesAlong() {
    List<Passage> all = Passages.bundled().all();
    assertThat(all).hasSize(5000).extracting(Passage::id).doesNotHaveDuplicates();
    assertThat(all).extracting(Passage::text).doesNotHaveDuplicates();
    assertThat(all.stream().map(Passage::key).distinct()).hasSize(43).contains("Abraham Lincoln");
    assertThat(all)
        .allSatisfy(passage -> assertThat(passage.text().length()).isBetween(300, 500))
        .allSatisfy(passage -> assertThat(passage.year()).isBetween(1790, 2021))
        .allSatisfy(passage -> assertThat(passage.party()).isNotBlank());
  }

  @Test
  void oneInThreeAsksForJson() {
    List<DemoPrompt> prompts = Passages.bundled().prompts(300);
    assertThat(prompts.stream().filter(DemoPrompt::json)).hasSize(100);
  }

  @Test
  void promptsPastThePassagesDifferInIdAndText() {
    List<DemoPrompt> prompts = Passages.bundled().prompts(12_000);
    assertThat(prompts.stream().map(DemoPrompt::id).distinct()).hasSize(12_000);
    assertThat(prompts.stream().map(DemoPrompt::text).distinct()).hasSize(12_000);
    assertThat(prompts.stream().map(DemoPrompt::traceparent).distinct()).hasSize(12_000);
  }

  @Test
  void everyPromptIsOneThatTheBatcherTakes() {
    assertThat(Passages.bundled().prompts(6))
        .allSatisfy(
            prompt ->
                assertThat(
                        PromptValidation.check(
                            prompt.event(),
                            new PromptValidation.Rules("m", Set.of()),
                            Instant.EPOCH))
                    .isEmpty())
        .allSatisfy(
            prompt -> assertThat(prompt.traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"));
  }

  @Test
  void aDamagedFileIsNotTakenForAShortOne() throws IOException {
    byte[] bytes =
        compressed(
            "{\"id\":\"a\",\"key\":\"k\",\"year\":1,\"party\":\"p\",\"text\":\"t\"}\n{\"id\":");
    assertThatThrownBy(() -> Passages.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(IOException.class);
  }

  private static byte[] compressed(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
