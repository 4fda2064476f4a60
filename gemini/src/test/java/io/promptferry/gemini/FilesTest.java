package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.hangUp;
import static io.promptferry.gemini.ScriptedServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.ProviderException.Kind;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FilesTest {

  private final ScriptedServer server = new ScriptedServer();
  private final GeminiProvider provider = server.provider();

  @AfterEach
  void close() {
    provider.close();
    server.close();
  }

  private Kind failure(String token) {
    return catchThrowableOfType(ProviderException.class, () -> provider.files(token)).kind();
  }

  @Test
  void readsWhatIsGivenOfAFile() {
    server.then(
        ok(
"""
            {"files":[
             {"name":"files/a","displayName":"mine","mimeType":"text/plain","sizeBytes":"5000000000",
              "createTime":"2026-01-02T05:04:05.5+01:00","expirationTime":"2026-01-04T04:04:05Z",
              "sha256Hash":"x","uri":"https://example/files/a","state":"ACTIVE","source":"UPLOADED"},
             {"name":"files/b","sizeBytes":7,"createTime":"yesterday","videoMetadata":{}},
             {}]}
"""));

    FilePage page = provider.files("");

    assertThat(page.files())
        .containsExactly(
            new ListedFile(
                "files/a",
                "mine",
                5_000_000_000L,
                Instant.parse("2026-01-02T04:04:05.500Z"),
                "ACTIVE"),
            new ListedFile("files/b", "", 7, null, ""),
            new ListedFile("", "", 0, null, ""));
    assertThat(page.last()).isTrue();
  }

  @Test
  void readsPageByPage() {
    server.then(
        ok("{\"files\":[{\"name\":\"files/a\"}],\"nextPageToken\":\"a+/=\"}"),
        ok("{\"nextPageToken\":\"t3\"}"), // an empty page is not the end
        ok("{}"));

    FilePage first = provider.files("");
    assertThat(first.files()).extracting(ListedFile::name).containsExactly("files/a");
    FilePage second = provider.files(first.next());
    assertThat(second.files()).isEmpty();
    assertThat(second.last()).isFalse();
    assertThat(provider.files(second.next()).last()).isTrue();
    assertThat(server.seen())
        .extracting(ScriptedServer.Seen::target)
        .containsExactly(
            "/v1beta/files?pageSize=2",
            "/v1beta/files?pageSize=2&pageToken=a%2B%2F%3D",
            "/v1beta/files?pageSize=2&pageToken=t3");
  }

  @Test
  void asksForNoMoreThanTheApiGives() {
    GeminiSettings usual = server.settings();
    var largest =
        new GeminiSettings(
            usual.apiKey(),
            usual.baseUrl(),
            usual.connectTimeout(),
            usual.callTimeout(),
            usual.transferTimeout(),
            usual.uploadChunkBytes(),
            usual.transferAttempts(),
            1_000);
    server.then(ok("{}"));
    try (var greedy = new GeminiProvider(largest)) {
      greedy.files("");
    }
    assertThat(server.seen().get(0).target()).isEqualTo("/v1beta/files?pageSize=100");
  }

  @Test
  void aPageThatRepeatsItselfIsAnError() {
    server.then(ok("{\"nextPageToken\":\"t2\"}"));
    assertThat(failure("t2")).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void whatIsNoPageIsNoEmptyStorage() {
    for (ScriptedServer.Reply reply :
        new ScriptedServer.Reply[] {
          error(503, "UNAVAILABLE", "no"), ok("<html>"), ok(""), ok("null"), ok("{\"files\":7}")
        }) {
      server.then(reply);
      assertThat(failure("")).isEqualTo(Kind.UNKNOWN);
    }
    server.then(error(429, "RESOURCE_EXHAUSTED", "later"));
    assertThat(failure("")).isEqualTo(Kind.BUSY);
    server.then(error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."));
    assertThat(failure("")).isEqualTo(Kind.REFUSED);
  }

  @Test
  void isRepeatedOnAPooledConnectionThatDied() {
    server.then(ok("{}"), hangUp(), ok("{}"));
    assertThat(provider.files("").last()).isTrue();
    assertThat(provider.files("").last()).isTrue();
    assertThat(server.seen()).hasSize(3);
  }
}
