package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.chunks;
import static io.promptferry.gemini.ScriptedServer.cutChunks;
import static io.promptferry.gemini.ScriptedServer.cutShort;
import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.hangUp;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadTest {

  private static final String DATE = "Fri, 20 Nov 2026 10:00:00 GMT";

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
    server.then(cutShort(1_000, "half of it"), hangUp(), hangUp());

    assertThat(failure().kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void failureKeepsWhatWasThere() throws IOException {
    Files.writeString(target, "earlier");
    server.then(cutShort(1_000, "half of it"), error(404, "NOT_FOUND", "gone"));

    assertThat(failure().kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(target).hasContent("earlier");

    server.then(ok("later"));
    provider.download("files/batch-x", target);
    assertThat(target).hasContent("later");
  }

  @Test
  void goesOnWhereItBrokeWithTheTagOfTheFile() {
    server.then(
        cutShort(10, "abc", "ETag", "\"v1\"", "Last-Modified", DATE),
        cutShort(206, 7, "de", "Content-Range", "bytes 3-9/10", "ETag", "\"v1\""),
        status(206, "fghij", "Content-Range", "bytes 5-9/10"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("abcdefghij");
    assertThat(ranges()).containsExactly("null", "bytes=3-", "bytes=5-");
    assertThat(server.seen().get(2).header("If-Range")).isEqualTo("\"v1\"");
    assertThat(server.seen())
        .allSatisfy(seen -> assertThat(seen.header("Accept-Encoding")).isEqualTo("identity"));
  }

  @ParameterizedTest
  @CsvSource({"Last-Modified, true", "ETag, false"})
  void aDateIsAMarkTooAndAWeakTagIsNone(String header, boolean sent) {
    server.then(
        cutShort(10, "abc", header, sent ? DATE : "W/\"v1\""),
        status(206, "defghij", "Content-Range", "bytes 3-9/10"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("abcdefghij");
    assertThat(server.seen().get(1).header("If-Range")).isEqualTo(sent ? DATE : "null");
  }

  @Test
  void beginsAgainWhereTheWholeComes() {
    server.then(cutShort(10, "abc"), cutShort(8, "ABCDE"), ok("ABCDEFGH"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("ABCDEFGH");
    assertThat(ranges()).containsExactly("null", "bytes=3-", "bytes=5-");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes 4-9/10, '\"v1\"'",
    "bytes 3-10/11, '\"v1\"'",
    "bytes 3-9/10, '\"v2\"'",
    "bytes 3-9/*, '\"v1\"'",
    "lines 3-9/10, '\"v1\"'",
  })
  void beginsAgainWhereWhatComesIsNotTheRest(String range, String tag) {
    server.then(
        cutShort(10, "abc", "ETag", "\"v1\""),
        status(206, "xxxxxxx", "Content-Range", range, "ETag", tag),
        ok("ABCDEFGH"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("ABCDEFGH");
    assertThat(ranges()).containsExactly("null", "bytes=3-", "null");
  }

  @Test
  void beginsAgainWhereThereIsNoSuchRest() {
    server.then(cutShort(10, "abc"), error(416, "OUT_OF_RANGE", "shorter"), ok("AB"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("AB");
    assertThat(ranges()).containsExactly("null", "bytes=3-", "null");
  }

  /** Its length is not told and it has no mark: nothing tells its rest from another's. */
  @Test
  void beginsAgainWhereNothingTellsTheFileFromAnother() {
    server.then(cutChunks("abc"), status(200, "ABCDEFGH"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("ABCDEFGH");
    assertThat(ranges()).containsExactly("null", "null");
  }

  @Test
  void whoGetsFurtherMayBreakOffAgainAndWhoDoesNotMayNot() {
    for (int at = 0; at < 9; at++) {
      String rest = "bytes " + at + "-9/10";
      server.then(
          at == 0 ? cutShort(10, "a") : cutShort(206, 10L - at, "a", "Content-Range", rest),
          hangUp());
    }
    server.then(hangUp());

    assertThat(failure().kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(server.seen()).hasSize(19);
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void aRestThatEndsEarlyIsNotTheWhole() {
    server.then(
        cutShort(10, "abc"),
        status(206, "def", "Content-Range", "bytes 3-5/10"),
        status(206, "ghij", "Content-Range", "bytes 6-9/10"));

    provider.download("files/batch-x", target);

    assertThat(target).hasContent("abcdefghij");
  }

  @Test
  void whatCameCompressedIsNotTaken() {
    for (int i = 0; i < 3; i++) {
      server.then(ok("zipped", "Content-Encoding", "gzip"));
    }

    assertThat(failure()).hasMessageContaining("compressed");
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void diskIsAskedForInWholeOrInSteps() {
    var asked = new ArrayList<Long>();
    server.then(cutShort(10, "abc"), status(206, "defghij", "Content-Range", "bytes 3-9/10"));
    provider.download("files/batch-x", target, asked::add);
    assertThat(asked).containsExactly(10L);

    server.then(chunks("abc"));
    provider.download("files/batch-x", target, asked::add);
    assertThat(target).hasContent("abc");
    assertThat(asked).containsExactly(10L, 64L << 20);
  }

  private List<String> ranges() {
    return server.seen().stream().map(seen -> seen.header("Range")).toList();
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
