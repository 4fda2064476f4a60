package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.hangUp;
import static io.promptferry.gemini.ScriptedServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.ScriptedServer.Reply;
import io.promptferry.gemini.ScriptedServer.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks are four bytes long here. */
class UploadTest {

  @TempDir Path dir;
  private final ScriptedServer server = new ScriptedServer();
  private final GeminiProvider provider = server.provider();

  @AfterEach
  void close() {
    provider.close();
    server.close();
  }

  private static final Reply ACTIVE = ok("", "X-Goog-Upload-Status", "active");

  /** As Google sends it: absolute, on a host of its own choice. */
  private static Reply started() {
    return ok(
        "",
        "X-Goog-Upload-URL",
        "https://elsewhere.invalid/upload/v1beta/files?upload_id=A-b_c&upload_protocol=resumable",
        "X-Goog-Upload-Status",
        "active");
  }

  private static Reply done(long size) {
    return ok("{\"file\":" + file(size) + "}", "X-Goog-Upload-Status", "final");
  }

  private static String file(long size) {
    return "{\"name\":\"files/in-1\",\"sizeBytes\":\"%d\",\"state\":\"ACTIVE\"}".formatted(size);
  }

  private Path bytes(int size) throws IOException {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) ('a' + i % 26);
    }
    return Files.write(dir.resolve("in.jsonl"), content);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 8, 12, 13})
  void arrivesByteForByte(int size) throws IOException {
    Path in = bytes(size);
    int chunks = (size + 3) / 4;
    server.then(started());
    for (int i = 1; i < chunks; i++) {
      server.then(ACTIVE);
    }
    server.then(done(size));

    assertThat(provider.upload(in, "in-1")).isEqualTo(new RemoteFile("files/in-1", size));

    List<Seen> sent = server.seen();
    assertThat(sent).hasSize(1 + chunks);
    for (int i = 0; i < chunks; i++) {
      Seen chunk = sent.get(1 + i);
      assertThat(chunk.target())
          .isEqualTo("/upload/v1beta/files?upload_id=A-b_c&upload_protocol=resumable");
      assertThat(chunk.header("X-Goog-Upload-Offset")).isEqualTo(Integer.toString(i * 4));
      assertThat(chunk.header("X-Goog-Upload-Command"))
          .isEqualTo(i == chunks - 1 ? "upload, finalize" : "upload");
    }
    assertThat(sent.stream().skip(1).map(Seen::body).collect(Collectors.joining()))
        .isEqualTo(Files.readString(in));
  }

  @Test
  void startTellsNameTypeAndSize() throws IOException {
    server.then(started(), done(3));
    provider.upload(bytes(3), "in-1");

    Seen start = server.seen().get(0);
    assertThat(start.method() + " " + start.target()).isEqualTo("POST /upload/v1beta/files");
    assertThat(start.header("x-goog-api-key")).isEqualTo(ScriptedServer.KEY);
    assertThat(start.header("X-Goog-Upload-Protocol")).isEqualTo("resumable");
    assertThat(start.header("X-Goog-Upload-Command")).isEqualTo("start");
    assertThat(start.header("X-Goog-Upload-Header-Content-Length")).isEqualTo("3");
    assertThat(start.header("X-Goog-Upload-Header-Content-Type")).isEqualTo("application/jsonl");
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(start.body()))
        .isEqualTo(
            json.readTree(
"""
                {"file":{"name":"files/in-1","displayName":"in-1","mimeType":"application/jsonl"}}
"""));
  }

  @Test
  void emptyFileAndBadNamesAreRefusedUnsent() throws IOException {
    Path empty = bytes(0);
    assertThatIllegalArgumentException().isThrownBy(() -> provider.upload(empty, "in-1"));
    Path full = bytes(1);
    for (String name : List.of("", "-a", "a-", "A", "a_b", "files/a", "x".repeat(41))) {
      assertThatIllegalArgumentException().isThrownBy(() -> provider.upload(full, name));
    }
    assertThat(server.seen()).isEmpty();
  }

  private static Reply received(long size) {
    return ok(
        "", "X-Goog-Upload-Status", "active", "X-Goog-Upload-Size-Received", Long.toString(size));
  }

  private static final Reply FINAL = ok("", "X-Goog-Upload-Status", "final");

  private List<String> steps() {
    return server.seen().stream().map(UploadTest::step).toList();
  }

  @Test
  void brokenConnectionGoesOnWithWhatHasNotArrived() throws IOException {
    Path in = bytes(12);
    // Of the second chunk two bytes arrived.
    server.then(started(), ACTIVE, hangUp(), received(6), ACTIVE, done(12));

    assertThat(provider.upload(in, "in-1").sizeBytes()).isEqualTo(12);
    assertThat(steps()).containsExactly("start", "0", "4", "query", "6", "10");
    assertThat(server.seen().get(4).body()).isEqualTo("ghij");
    assertThat(server.seen().get(5).body()).isEqualTo("kl");
  }

  @Test
  void anErrorOfTheServerIsABreakToo() throws IOException {
    server.then(started(), error(503, "UNAVAILABLE", "not now"), received(0), done(3));

    assertThat(provider.upload(bytes(3), "in-1").sizeBytes()).isEqualTo(3);
    assertThat(steps()).containsExactly("start", "0", "query", "0");
  }

  @Test
  void withoutASessionItBeginsAgain() throws IOException {
    Path in = bytes(6);
    server.then(started(), ACTIVE, hangUp(), error(404, "NOT_FOUND", "no such upload"));
    server.then(error(404, "NOT_FOUND", "no file")); // the look whether it landed all the same
    server.then(started(), ACTIVE, done(6));

    assertThat(provider.upload(in, "in-1").sizeBytes()).isEqualTo(6);
    assertThat(steps()).containsExactly("start", "0", "4", "query", "get", "start", "0", "4");
  }

  @Test
  void aQueryThatSaysNothingBeginsAgain() throws IOException {
    for (Reply odd : List.of(ok("{}"), ACTIVE, received(7), FINAL)) {
      server.then(started(), hangUp(), odd, started(), ACTIVE, done(6));
      assertThat(provider.upload(bytes(6), "in-1").sizeBytes()).isEqualTo(6);
    }
    assertThat(steps().subList(0, 6)).containsExactly("start", "0", "query", "start", "0", "4");
    assertThat(steps()).hasSize(24);
  }

  @Test
  void aBreakAfterTheLastByteOnlyFinalises() throws IOException {
    server.then(started(), hangUp(), received(3), done(3));

    assertThat(provider.upload(bytes(3), "in-1").sizeBytes()).isEqualTo(3);
    Seen last = server.seen().get(3);
    assertThat(last.header("X-Goog-Upload-Command")).isEqualTo("finalize");
    assertThat(last.header("X-Goog-Upload-Offset")).isEqualTo("3");
    assertThat(last.body()).isEmpty();
  }

  @Test
  void whereItCannotBeSeenWhetherItLandedItIsInDoubt() throws IOException {
    Path in = bytes(3);
    Reply noLook = error(500, "INTERNAL", "no look");
    server.then(started(), hangUp(), FINAL, noLook, noLook);
    ProviderException e =
        catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));
    assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(steps()).containsExactly("start", "0", "query", "get", "get");
  }

  @Test
  void theLookWhetherItLandedIsTriedAgain() throws IOException {
    server.then(started(), hangUp(), FINAL, error(500, "INTERNAL", "no look"), ok(file(3)));

    assertThat(provider.upload(bytes(3), "in-1").sizeBytes()).isEqualTo(3);
    assertThat(steps()).containsExactly("start", "0", "query", "get", "get");
  }

  private static String step(Seen seen) {
    if (seen.method().equals("GET")) {
      return "get";
    }
    String command = seen.header("X-Goog-Upload-Command").toLowerCase(Locale.ROOT);
    return command.contains("upload") || command.equals("finalize")
        ? seen.header("X-Goog-Upload-Offset")
        : command;
  }

  @Test
  void lostReplyToTheLastChunkIsNoLoss() throws IOException {
    server.then(started(), hangUp(), FINAL, ok(file(3)));

    assertThat(provider.upload(bytes(3), "in-1")).isEqualTo(new RemoteFile("files/in-1", 3));
    assertThat(steps()).containsExactly("start", "0", "query", "get");
    assertThat(server.seen().get(3).target()).isEqualTo("/v1beta/files/in-1");
  }

  @Test
  void attemptsAreBounded() throws IOException {
    Path in = bytes(3);
    for (int i = 0; i < 10; i++) {
      server.then(error(503, "UNAVAILABLE", "not now"));
    }
    ProviderException e =
        catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));

    assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(server.seen()).hasSize(3);
  }

  @Test
  void breaksInARowAreBounded() throws IOException {
    Path in = bytes(12);
    server.then(started(), hangUp(), received(4), hangUp(), received(8), hangUp());
    // No byte further: the second and the third in a row.
    server.then(received(8), hangUp(), hangUp());
    ProviderException e =
        catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));

    assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(steps())
        .containsExactly("start", "0", "query", "4", "query", "8", "query", "8", "query");
  }

  @Test
  void anUploadThatIsLostAgainAndAgainIsGivenUp() throws IOException {
    Path in = bytes(12);
    for (int i = 0; i < 3; i++) {
      server.then(started(), ACTIVE, hangUp(), error(404, "NOT_FOUND", "no such upload"));
    }
    ProviderException e =
        catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));

    assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(server.seen()).hasSize(11);
  }

  @Test
  void busyAndRefusedAreNotTriedAgain() throws IOException {
    Path in = bytes(3);
    server.then(error(429, "RESOURCE_EXHAUSTED", "storage"), error(400, "INVALID_ARGUMENT", "no"));

    assertThat(
            catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1")).kind())
        .isEqualTo(Kind.BUSY);
    assertThat(
            catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1")).kind())
        .isEqualTo(Kind.REFUSED);
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void takenNameIsRefusedWithAHint() throws IOException {
    Path in = bytes(3);
    // Seen both as a status and, under a 200, in the body of the last reply.
    server.then(error(409, "ALREADY_EXISTS", "in-1 already exists."));
    server.then(started(), ok("{\"error\":{\"code\":409,\"message\":\"in-1 already exists.\"}}"));

    for (int i = 0; i < 2; i++) {
      ProviderException e =
          catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));
      assertThat(e.kind()).isEqualTo(Kind.REFUSED);
      assertThat(e.code()).isEqualTo(409);
      assertThat(e).hasMessageStartingWith("the name is taken, use another one");
    }
    assertThat(server.seen()).hasSize(3);
  }

  @Test
  void wrongSizeOnArrivalIsAFailure() throws IOException {
    Path in = bytes(3);
    server.then(started(), done(2));
    ProviderException e =
        catchThrowableOfType(ProviderException.class, () -> provider.upload(in, "in-1"));
    assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(e).hasMessageContaining("2 of 3 bytes");
    assertThat(server.seen()).hasSize(2);
  }
}
