package io.promptferry.simulator;

import static io.promptferry.simulator.Disturbed.CREATE;
import static io.promptferry.simulator.Disturbed.createOf;
import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.promptferry.simulator.Disturbed.Answer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CallFaultsIT {
  @TempDir Path data;
  private Disturbed it;

  @BeforeEach
  void start() throws IOException {
    it = new Disturbed(data);
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private int jobs() {
    return it.client.ledger().path("jobs").size();
  }

  @Test
  void aStatusComesInsteadOfTheEffect() throws IOException {
    String file = it.client.upload(line("a", "x"));
    it.arm(
        "{'call':'create','what':{'status':503,'retryAfter':7},'times':1}",
        "{'call':'create','what':{'status':429,'body':{'own':1}},'times':1}");
    Answer first = it.once("POST", CREATE, createOf("d", file));
    assertThat(first.code()).isEqualTo(503);
    assertThat(first.retryAfter()).isEqualTo("7");
    assertThat(first.body()).contains("\"status\":\"UNAVAILABLE\"");
    Answer second = it.once("POST", CREATE, createOf("d", file));
    assertThat(second).isEqualTo(new Answer(429, "", "{\"own\":1}"));
    assertThat(jobs()).isZero();
    assertThat(it.once("POST", CREATE, createOf("d", file)).code()).isEqualTo(200);
    assertThat(it.fired()).containsExactly(1, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void aDroppedConnectionIsNoAnswer(String when) throws IOException {
    String file = it.client.upload(line("a", "x"));
    // The connection is pooled by then, and a fresh one follows: both must look broken.
    assertThat(it.once("GET", "/v1beta/batches", null).code()).isEqualTo(200);
    it.arm("{'call':'create','what':{'drop':'" + when + "'}}");
    for (int i = 0; i < 2; i++) {
      String displayName = "d" + i;
      assertThatThrownBy(() -> it.once("POST", CREATE, createOf(displayName, file)))
          .isInstanceOf(IOException.class);
    }
    assertThat(it.fired()).containsExactly(2);
    assertThat(jobs()).isEqualTo(when.equals("after") ? 2 : 0);
  }

  @Test
  void aHangKeepsTheAnswerAndNotTheEffect() throws IOException {
    String file = it.client.upload(line("a", "x"));
    it.arm("{'call':'create','what':{'hang':600000}}", "{'call':'list','what':{'hang':200}}");
    assertThatThrownBy(() -> it.once(Duration.ofMillis(300), "POST", CREATE, createOf("d", file)))
        .isInstanceOf(SocketTimeoutException.class);
    await().until(() -> jobs() == 1);
    long begun = System.nanoTime();
    assertThat(it.once("GET", "/v1beta/batches", null).body()).contains("batches/");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(199));
  }

  @Test
  void manyHangsDoNotStopTheRest() {
    it.arm("{'call':'get','what':{'hang':600000}}");
    for (int i = 0; i < 40; i++) {
      assertThatThrownBy(() -> it.once(Duration.ofMillis(10), "GET", "/v1beta/batches/x", null))
          .isInstanceOf(IOException.class);
    }
    assertThat(it.client.get("/v1beta/batches").isObject()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000})
  void aDownloadEndsBeforeItsAnnouncedLength(int bytes) throws IOException {
    String content = "x".repeat(300_000);
    String path = "/v1beta/" + it.client.upload(content) + ":download?alt=media";
    it.arm("{'call':'download','what':{'truncate':" + bytes + "},'times':1}");
    assertThatThrownBy(() -> it.once("GET", path, null)).isInstanceOf(IOException.class);
    assertThat(it.once("GET", path, null).body()).isEqualTo(content);
  }

  @Test
  void aDownloadMayBeAskedForFromAByteOn() throws IOException {
    String path = "/v1beta/" + it.client.upload("0123456789") + ":download?alt=media";
    String tag = it.client.send("GET", path, "").headers().firstValue("ETag").orElseThrow();

    var rest = it.client.send("GET", path, "", "Range", "bytes=4-", "If-Range", tag);
    assertThat(rest.statusCode()).isEqualTo(206);
    assertThat(rest.body()).isEqualTo("456789");
    assertThat(rest.headers().firstValue("Content-Range")).contains("bytes 4-9/10");
    assertThat(it.client.send("GET", path, "", "Range", "bytes=10-").statusCode()).isEqualTo(416);
    var other = it.client.send("GET", path, "", "Range", "bytes=4-", "If-Range", "\"other\"");
    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(other.body()).isEqualTo("0123456789");

    it.arm("{'call':'download','what':{'noRange':true}}");
    var whole = it.client.send("GET", path, "", "Range", "bytes=4-", "If-Range", tag);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo("0123456789");
    assertThat(whole.headers().firstValue("ETag")).isEmpty();
  }

  @Test
  void aChunkThatBreaksOffKeepsWhatArrived() throws IOException {
    String url = it.client.startUpload("", 10).headers().firstValue("X-Goog-Upload-URL").get();
    it.arm("{'call':'upload.chunk','what':{'truncate':4},'times':1}");
    String[] whole = {"X-Goog-Upload-Command", "upload, finalize", "X-Goog-Upload-Offset", "0"};
    assertThatThrownBy(() -> it.once("POST", url, "abcdefghij", whole))
        .isInstanceOf(IOException.class);

    var query = it.client.uploadPart(url, "query", 0, "").headers();
    assertThat(query.firstValue("X-Goog-Upload-Size-Received")).contains("4");
    assertThat(query.firstValue("X-Goog-Upload-Status")).contains("active");
    String file =
        json(it.client.uploadPart(url, "upload, finalize", 4, "efghij")).at("/file/name").asText();
    assertThat(it.client.send("GET", "/v1beta/" + file + ":download?alt=media", "").body())
        .isEqualTo("abcdefghij");
    var done = it.client.uploadPart(url, "query", 0, "").headers();
    assertThat(done.firstValue("X-Goog-Upload-Status")).contains("final");
    assertThat(done.firstValue("X-Goog-Upload-Size-Received")).contains("10");
  }

  @Test
  void aCreateMayTakeEffectLongAfterItsConnectionBroke() {
    String file = it.client.upload(line("a", "x"));
    it.arm("{'call':'create','what':{'delayEffect':1000}}");
    assertThatThrownBy(() -> it.once("POST", CREATE, createOf("d", file)))
        .isInstanceOf(IOException.class);
    assertThat(jobs()).isZero();
    await().until(() -> jobs() == 1);
  }

  @Test
  void aLateCreateWhoseFileIsGoneComesToNothing() {
    String file = it.client.upload(line("a", "x"));
    String other = it.client.upload(line("a", "x"));
    it.arm(
        "{'call':'create','what':{'delayEffect':1500},'match':'late'}",
        "{'call':'create','what':{'delayEffect':1700},'match':'marker'}");
    assertThatThrownBy(() -> it.once("POST", CREATE, createOf("late", file)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> it.once("POST", CREATE, createOf("marker", other)))
        .isInstanceOf(IOException.class);
    json(it.client.send("DELETE", "/v1beta/" + file, ""));
    await().until(() -> jobs() == 1);
    assertThat(it.client.ledger().at("/jobs/0/displayName").asText()).isEqualTo("marker");
    assertThat(it.violations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "upload.start, POST, /upload/v1beta/files, start",
    "upload.chunk, POST, UPLOAD, upload",
    "upload.query, POST, UPLOAD, query",
    "files.get, GET, /v1beta/FILE, none",
    "files.list, GET, /v1beta/files, none",
    "files.delete, DELETE, /v1beta/FILE, none",
    "download, GET, /v1beta/FILE:download?alt=media, none",
    "create, POST, /v1beta/models/m:batchGenerateContent, none",
    "get, GET, /v1beta/BATCH, none",
    "list, GET, /v1beta/batches, none",
    "cancel, POST, /v1beta/BATCH:cancel, none",
    "delete, DELETE, /v1beta/BATCH, none",
    "generate, POST, /v1beta/models/m:generateContent, none",
  })
  void eachCallHasItsFaults(String call, String method, String path, String command)
      throws IOException {
    String upload = it.client.startUpload("", -1).headers().firstValue("X-Goog-Upload-URL").get();
    String file = it.client.upload(line("a", "x"));
    String batch = json(it.client.create("d", file)).path("name").asText();
    String url = path.replace("UPLOAD", upload).replace("FILE", file).replace("BATCH", batch);
    String body = method.equals("GET") ? null : "{}";
    it.arm("{'call':'" + call + "','what':{'status':418}}");
    assertThat(it.once(method, url, body, "X-Goog-Upload-Command", command).code()).isEqualTo(418);
    it.calm();
    assertThat(it.once(method, url, body, "X-Goog-Upload-Command", command).code())
        .isNotEqualTo(418);
  }

  @Test
  void aFaultMayAskForANameOfFileOrJob() throws IOException {
    String job = it.client.submit("mine", line("a", "x"));
    String output = it.client.ended(job).at("/response/responsesFile").asText();
    String other = it.client.submit("other", line("a", "x"));
    it.arm(
        "{'call':'get','what':{'status':500},'match':'mine'}",
        "{'call':'download','what':{'status':501},'match':'mine'}",
        "{'call':'create','what':{'status':502},'match':'mine'}",
        "{'call':'upload.start','what':{'status':504},'match':'mine'}");
    assertThat(it.once("GET", "/v1beta/" + job, null).code()).isEqualTo(500);
    assertThat(it.once("GET", "/v1beta/" + other, null).code()).isEqualTo(200);
    assertThat(it.once("GET", "/v1beta/" + output + ":download?alt=media", null).code())
        .isEqualTo(501);
    assertThat(it.once("POST", CREATE, createOf("mine", "files/x")).code()).isEqualTo(502);
    assertThat(it.once("POST", CREATE, createOf("other", "files/x")).code()).isEqualTo(404);
    String named = "{\"file\":{\"displayName\":\"mine\"}}";
    assertThat(it.once("POST", "/upload/v1beta/files", named).code()).isEqualTo(504);
  }

  @Test
  void whatIsNoFaultIsRefusedAndChangesNothing() {
    it.arm("{'call':'get','what':{'status':500}}");
    var refused = it.client.send("PUT", "/simulator/faults", "[{\"call\":\"got\",\"what\":{}}]");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("fault 0: no call 'got'");
    assertThat(it.fired()).hasSize(1);
  }
}
