package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.line;
import static io.promptferry.simulator.WireClient.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
class KeysIT {
  @TempDir Path data;
  private Disturbed it;
  private WireClient mine;
  private WireClient theirs;

  @BeforeEach
  void start() throws IOException {
    it =
        new Disturbed(
            SimulatorSettings.in(data)
                .withDelays(Duration.ZERO, Duration.ZERO)
                .withApiKeys(List.of("mine", "theirs")));
    mine = it.client;
    theirs = new WireClient(it.simulator, "theirs");
  }

  @AfterEach
  void stop() {
    it.close();
  }

  @Test
  void aProjectSeesItsOwnAlone() {
    String file = mine.upload(line("a", "x"));
    String job = mine.submit("d", line("a", "x"));
    String output = mine.ended(job).at("/response/responsesFile").asText();

    assertThat(theirs.get("/v1beta/files").path("files")).isEmpty();
    assertThat(theirs.get("/v1beta/batches").path("operations")).isEmpty();
    assertThat(mine.get("/v1beta/files").path("files")).hasSize(3);
    assertThat(mine.get("/v1beta/batches").path("operations")).hasSize(1);
    notFound(theirs.send("GET", "/v1beta/" + file, ""));
    notFound(theirs.send("DELETE", "/v1beta/" + file, ""));
    notFound(theirs.send("GET", "/v1beta/" + file + ":download?alt=media", ""));
    notFound(theirs.send("GET", "/v1beta/" + output + ":download?alt=media", ""));
    notFound(theirs.send("GET", "/v1beta/" + job, ""));
    notFound(theirs.send("POST", "/v1beta/" + job + ":cancel", "{}"));
    notFound(theirs.send("DELETE", "/v1beta/" + job, ""));
    notFound(theirs.create("stolen", file));
    assertThat(mine.get("/v1beta/" + file).isObject()).isTrue();
    assertThat(mine.get("/v1beta/" + job).path("done").asBoolean()).isTrue();
  }

  private static void notFound(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(404);
  }

  @Test
  void aKeyIsRevokedAndMended() {
    String file = mine.upload(line("a", "x"));
    it.put("/simulator/keys", "{'keys':['theirs','third']}");
    HttpResponse<String> refused = mine.send("GET", "/v1beta/" + file, "");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(parsed(refused.body()).at("/error/details/0/reason").asText())
        .isEqualTo("API_KEY_INVALID");
    assertThat(theirs.get("/v1beta/files").isObject()).isTrue();
    assertThat(new WireClient(it.simulator, "third").get("/v1beta/files").isObject()).isTrue();

    it.put("/simulator/keys", "{'keys':['mine']}");
    assertThat(mine.get("/v1beta/" + file).isObject()).isTrue();
    assertThat(theirs.send("GET", "/v1beta/files", "").statusCode()).isEqualTo(400);
    assertThat(mine.send("PUT", "/simulator/keys", "{\"keys\":\"mine\"}").statusCode())
        .isEqualTo(400);
    assertThat(mine.get("/v1beta/" + file).isObject()).isTrue();
  }
}
