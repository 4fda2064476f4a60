package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.json;
import static io.promptferry.simulator.WireClient.line;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FilesIT {
  @TempDir Path data;
  private Simulator simulator;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    simulator =
        Simulator.start(SimulatorSettings.in(data).withDelays(Duration.ZERO, Duration.ZERO));
    client = new WireClient(simulator);
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  private String session(String name, long length) {
    HttpResponse<String> started = client.startUpload(name, length);
    assertThat(started.statusCode()).isEqualTo(200);
    String url = started.headers().firstValue("X-Goog-Upload-URL").orElseThrow();
    assertThat(url).doesNotContain("%");
    return url;
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void takesAFileInPartsAndGivesItBackWhole() {
    String url = session("files/my-name", 11);
    HttpResponse<String> first = client.uploadPart(url, "upload", 0, "hello ");
    assertThat(header(first, "X-Goog-Upload-Status")).isEqualTo("active");
    HttpResponse<String> query = client.uploadPart(url, "query", 0, "");
    assertThat(header(query, "X-Goog-Upload-Size-Received")).isEqualTo("6");
    HttpResponse<String> last = client.uploadPart(url, "upload, finalize", 6, "world");
    assertThat(header(last, "X-Goog-Upload-Status")).isEqualTo("final");

    JsonNode file = json(last).path("file");
    assertThat(file.path("name").asText()).isEqualTo("files/my-name");
    assertThat(file.path("sizeBytes").isTextual()).isTrue();
    assertThat(file.path("sizeBytes").asText()).isEqualTo("11");
    assertThat(file.path("uri").asText())
        .isEqualTo("https://generativelanguage.googleapis.com/v1beta/files/my-name");
    assertThat(client.get("/v1beta/files/my-name")).isEqualTo(file);
    for (String prefix : new String[] {"", "/download"}) {
      assertThat(client.send("GET", prefix + "/v1beta/files/my-name:download?alt=media", "").body())
          .isEqualTo("hello world");
    }
  }

  @Test
  void finishingTwiceGivesTheSameFile() {
    String url = session("", 2);
    JsonNode once = json(client.uploadPart(url, "upload, finalize", 0, "hi"));
    assertThat(json(client.uploadPart(url, "upload, finalize", 0, "hi"))).isEqualTo(once);
    assertThat(client.get("/v1beta/files").path("files")).hasSize(1);
  }

  @Test
  void refusesWrongOffsetsAndLengths() {
    String url = session("", 4);
    assertThat(client.uploadPart(url, "upload", 0, "ab").statusCode()).isEqualTo(200);
    assertThat(client.uploadPart(url, "upload", 0, "ab").statusCode()).isEqualTo(400);
    assertThat(client.uploadPart(url, "upload", 3, "cd").statusCode()).isEqualTo(400);
    assertThat(client.uploadPart(url, "upload, finalize", 2, "c").statusCode()).isEqualTo(400);
    assertThat(client.uploadPart(url, "upload, finalize", 3, "d").statusCode()).isEqualTo(200);
    assertThat(
            client
                .uploadPart(url.replace("upload_id=", "upload_id=x"), "query", 0, "")
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void namesAreUniqueAndOfTheServicesForm() {
    String url = session("files/mine", -1);
    json(client.uploadPart(url, "upload, finalize", 0, "x"));
    assertThat(client.startUpload("files/mine", -1).statusCode()).isEqualTo(409);
    assertThat(client.startUpload("files/Mine", -1).statusCode()).isEqualTo(400);
    assertThat(client.startUpload("files/-mine", -1).statusCode()).isEqualTo(400);
    assertThat(client.startUpload("files/" + "a".repeat(41), -1).statusCode()).isEqualTo(400);
    assertThat(client.startUpload("files/" + "a".repeat(40), -1).statusCode()).isEqualTo(200);

    json(client.send("DELETE", "/v1beta/files/mine", ""));
    assertThat(client.send("GET", "/v1beta/files/mine", "").statusCode()).isEqualTo(404);
    assertThat(client.startUpload("files/mine", -1).statusCode()).isEqualTo(200);
  }

  @Test
  void aNameTakenWhileUploadingIsAConflictAtTheEnd() {
    String slow = session("files/mine", -1);
    json(client.uploadPart(session("files/mine", -1), "upload, finalize", 0, "first"));
    assertThat(client.uploadPart(slow, "upload, finalize", 0, "second").statusCode())
        .isEqualTo(409);
    assertThat(client.send("GET", "/v1beta/files/mine:download?alt=media", "").body())
        .isEqualTo("first");
  }

  private void store(String name) {
    json(client.uploadPart(session("files/" + name, 1), "upload, finalize", 0, "x"));
  }

  private static List<String> names(JsonNode page) {
    return page.path("files").findValuesAsText("name");
  }

  @Test
  void listsNewestFirstPageByPage() {
    assertThat(client.get("/v1beta/files").has("nextPageToken")).isFalse();
    for (String name : new String[] {"a", "b", "c", "d"}) {
      store(name);
    }
    json(client.send("DELETE", "/v1beta/files/b", ""));

    JsonNode first = client.get("/v1beta/files?pageSize=2");
    assertThat(names(first)).containsExactly("files/d", "files/c");
    assertThat(first.at("/files/0")).isEqualTo(client.get("/v1beta/files/d"));
    store("later");
    String token = first.path("nextPageToken").asText();
    JsonNode second = client.get("/v1beta/files?pageSize=2&pageToken=" + token);
    assertThat(names(second)).containsExactly("files/a");
    assertThat(second.has("nextPageToken")).isFalse();

    assertThat(client.send("GET", "/v1beta/files?pageToken=x", "").statusCode()).isEqualTo(400);
    assertThat(client.send("GET", "/v1beta/files?pageSize=-1", "").statusCode()).isEqualTo(400);
  }

  @Test
  void aPageIsOfTenAndOfAHundredAtMost() {
    for (int i = 0; i < 101; i++) {
      store("f" + i);
    }
    assertThat(names(client.get("/v1beta/files"))).hasSize(10);
    assertThat(names(client.get("/v1beta/files?pageSize=1000"))).hasSize(100);
  }

  @Test
  void resultFilesCanOnlyBeDownloaded() {
    String job = client.submit("d", line("a", "x"));
    String result = "/v1beta/" + client.ended(job).at("/response/responsesFile").asText();
    assertThat(result.length()).isGreaterThan("/v1beta/files/".length() + 40);
    assertThat(client.send("GET", result, "").statusCode()).isEqualTo(400);
    assertThat(client.send("DELETE", result, "").statusCode()).isEqualTo(400);
    assertThat(client.send("GET", "/download" + result + ":download?alt=media", "").body())
        .contains(PromptDigest.of("x"));
    JsonNode listed = client.get("/v1beta/files?pageSize=1").at("/files/0");
    assertThat(listed.path("uri").asText())
        .isEqualTo("https://generativelanguage.googleapis.com" + result);
    assertThat(client.send("GET", listed.path("downloadUri").asText(), "").body())
        .contains(PromptDigest.of("x"));
  }

  @Test
  void downloadingADeletedFileIsAViolation() {
    String file = client.upload("x");
    json(client.send("DELETE", "/v1beta/" + file, ""));
    assertThat(client.send("GET", "/v1beta/" + file + ":download?alt=media", "").statusCode())
        .isEqualTo(404);
    assertThat(client.ledger().at("/violations/0/kind").asText())
        .isEqualTo("DELETED_FILE_DOWNLOADED");
  }

  @Test
  void whatArrivedBeforeAConnectionBrokeStays() throws IOException {
    String url = session("", 10);
    URI uri = URI.create(url);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      String cutShort =
          "POST %s?%s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nX-Goog-Upload-Offset: 0\r\n"
                  .formatted(uri.getPath(), uri.getQuery())
              + "X-Goog-Upload-Command: upload, finalize\r\n\r\nabcd";
      socket.getOutputStream().write(cutShort.getBytes(UTF_8));
      socket.getOutputStream().flush();
    }
    await()
        .until(
            () -> header(client.uploadPart(url, "query", 0, ""), "X-Goog-Upload-Size-Received"),
            "4"::equals);
    JsonNode file = json(client.uploadPart(url, "upload, finalize", 4, "efghij")).path("file");
    String path = "/v1beta/" + file.path("name").asText() + ":download?alt=media";
    assertThat(client.send("GET", path, "").body()).isEqualTo("abcdefghij");
  }
}
