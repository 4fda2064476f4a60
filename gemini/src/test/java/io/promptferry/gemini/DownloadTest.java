package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.cutShort;
import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.ok;
import static io.promptferry.gemini.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

  @TempDir Path dir;
  private Path target;
  private final ScriptedServer server = new ScriptedServer();
  private final GeminiProvider provider = server.provider();

  @BeforeEach
  void place() {
    target = dir.resolve("out.jsonl");
  }

  @AfterEach
  void close() {
    provider.close();
    server.close();
  }

  private ProviderException failure() {
    return catchThrowableOfType(
        ProviderException.class, () -> provider.download("files/batch-x", target));
  }

  @Test
  void arrivesWholeAndAlone() throws IOException {
    String content = "line with ümlaut\n".repeat(20_000);
    server.then(ok(content));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent(content);
    assertThat(dir).isDirectoryContaining(target::equals).isDirectoryNotContaining("glob:**.part");
    assertThat(server.seen().get(0).target()).isEqualTo("/v1beta/files/batch-x:download?alt=media");
    assertThat(server.seen().get(0).header("x-goog-api-key")).isEqualTo(ScriptedServer.KEY);
  }

  @Test
  void emptyFileIsAFileToo() {
    server.then(ok(""));
    provider.download("files/batch-x", target);
    assertThat(target).isEmptyFile();
  }

  @Test
  void truncatedDownloadLeavesNothing() {
    server.then(cutShort(1_000, "half of it"));

    assertThat(failure().kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void failureKeepsWhatWasThere() throws IOException {
    Files.writeString(target, "earlier");
    server.then(cutShort(1_000, "half of it"), error(404, "NOT_FOUND", "gone"));

    assertThat(failure().kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(failure().kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(target).hasContent("earlier");

    server.then(ok("later"));
    provider.download("files/batch-x", target);
    assertThat(target).hasContent("later");
  }

  @Test
  void fullOrMissingDiskIsNotTheProvidersFault() {
    server.then(ok("content"));
    assertThatThrownBy(
            () -> provider.download("files/batch-x", dir.resolve("no-such-dir").resolve("out")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("check space and rights");
  }

  @Test
  void redirectIsFollowedWithoutTheKey() {
    try (ScriptedServer storage = new ScriptedServer()) {
      storage.then(ok("content"));
      server.then(status(302, "", "Location", storage.url() + "/blob"));

      provider.download("files/batch-x", target);

      assertThat(target).hasContent("content");
      assertThat(storage.seen().get(0).headers()).doesNotContainKey("X-goog-api-key");
    }
  }

  @Test
  void nameThatIsNoFileIsRefusedUnsent() {
    for (String name : new String[] {"x", "files/", "files/../batches", "files/a/b", "files/a?b"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> provider.download(name, target));
    }
    assertThat(server.seen()).isEmpty();
  }
}
