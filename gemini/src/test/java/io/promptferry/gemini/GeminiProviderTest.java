package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.ScriptedServer.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiProviderTest {

  @TempDir Path dir;
  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void closingBreaksOffWhatIsUnderWay() {
    GeminiProvider provider = server.provider();
    ScriptedServer.Reply tooLate =
        exchange -> {
          provider.close();
          ok("{\"name\":\"batches/x\"}").send(exchange);
        };
    server.then(tooLate, tooLate);

    for (Runnable call :
        new Runnable[] {
          () -> provider.find("d/b"), () -> provider.create("m", "files/in", "d/b"),
        }) {
      ProviderException e = catchThrowableOfType(ProviderException.class, call::run);
      assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
    }
  }

  /**
   * A gateway may stand under a path, and know nothing of it in the upload address it passes on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"http://google.invalid/upload/x?id=1", "/gateway/upload/x?id=1"})
  void everyCallGoesThroughTheGateway(String uploadUrl) throws IOException {
    Path in = Files.writeString(dir.resolve("in"), "abc");
    GeminiSettings s = server.settings();
    GeminiSettings gateway =
        new GeminiSettings(
            s.apiKey(),
            s.baseUrl() + "/gateway/",
            s.connectTimeout(),
            s.callTimeout(),
            s.transferTimeout(),
            4,
            1,
            2);
    server.then(
        ok("", "X-Goog-Upload-URL", uploadUrl),
        ok("{\"file\":{\"name\":\"files/in\",\"sizeBytes\":\"3\"}}"),
        ok("{\"name\":\"batches/x\"}"),
        ok("{\"name\":\"batches/x\"}"),
        ok("{}"));
    try (GeminiProvider provider = new GeminiProvider(gateway)) {
      provider.upload(in, "in");
      assertThat(provider.create("m", "files/in", "d/b").displayName()).isEqualTo("d/b");
      assertThat(provider.get("batches/x")).isPresent();
      assertThat(provider.discard("files/in")).isTrue();
    }
    assertThat(server.seen())
        .extracting(Seen::target)
        .containsExactly(
            "/gateway/upload/v1beta/files",
            "/gateway/upload/x?id=1",
            "/gateway/v1beta/models/m:batchGenerateContent",
            "/gateway/v1beta/batches/x",
            "/gateway/v1beta/files/in");
  }
}
