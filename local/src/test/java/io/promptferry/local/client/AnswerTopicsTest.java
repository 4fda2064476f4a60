package io.promptferry.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.runtime.config.ServiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerTopicsTest {

  @TempDir Path folder;

  @Test
  void allAreTheSharedOneAndThoseOfKeys() throws Exception {
    Predicate<String> all = AnswerTopics.all(config("topics.prefix=t."));
    assertThat(all).accepts("t.responses", "t.responses.me", "t.responses.a-20b");
    assertThat(all).rejects("responses", "responses.me", "t.prompts", "t.responses2");
  }

  @Test
  void aKeyHasItsOwnAndTheSharedOne() throws Exception {
    Predicate<String> lincoln = AnswerTopics.of("Abraham Lincoln", config("topics.prefix=t."));
    assertThat(lincoln).accepts("t.responses.Abraham-20Lincoln", "t.responses");
    assertThat(lincoln).rejects("t.responses.Abraham", "t.responses.Abraham Lincoln");
  }

  @Test
  void theCollectorsTemplateIsFollowed() throws Exception {
    ServiceConfig keyed = config("response.topic=answers-{key}");
    assertThat(AnswerTopics.all(keyed)).accepts("answers-me", "responses").rejects("responses.me");
    assertThat(AnswerTopics.of("me", keyed)).accepts("answers-me").rejects("answers-you");
    ServiceConfig one = config("response.topic=answers");
    assertThat(AnswerTopics.all(one)).accepts("answers", "responses").rejects("answers.me");
  }

  private ServiceConfig config(String line) throws Exception {
    Path file = folder.resolve("tool.properties");
    Files.writeString(
        file, "kafka.bootstrap.servers=k:1\nschema.registry.url=http://r\n" + line + "\n");
    var nothing = new ClientConfig.Wanted(Optional.empty(), Optional.empty(), Optional.empty());
    return ClientConfig.load(nothing, file, Map.of());
  }
}
