package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.hangUp;
import static io.promptferry.gemini.ScriptedServer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.ProviderException.Kind;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobsTest {

  private final ScriptedServer server = new ScriptedServer();
  private final GeminiProvider provider = server.provider();

  @AfterEach
  void close() {
    provider.close();
    server.close();
  }

  private static String job(String name, String displayName, String state) {
    return
"""
        {"name":"batches/%s","metadata":{"displayName":"%s","state":"%s"}}
"""
        .formatted(name, displayName, state);
  }

  @Test
  void readsTheRawOperation() {
    server.then(
        ok(
"""
            {"name":"batches/x","metadata":{"@type":"t/GenerateContentBatch","model":"models/m",
             "displayName":"d/b","inputConfig":{"fileName":"files/in"},
             "output":{"responsesFile":"files/batch-x","inlinedResponses":{"big":[1,2]}},
             "createTime":"2026-01-02T03:04:05.123456789Z","endTime":"2026-01-02T05:04:05+01:00",
             "updateTime":"2026-01-02T04:04:05Z","state":"BATCH_STATE_SUCCEEDED",
             "batchStats":{"requestCount":"5000000000","successfulRequestCount":"9","failedRequestCount":"1"}},
             "done":true,"response":{"@type":"t","responsesFile":"files/batch-x"}}
"""));

    assertThat(provider.get("batches/x"))
        .contains(
            new RemoteJob(
                "batches/x",
                "d/b",
                "m",
                "SUCCEEDED",
                "files/in",
                "files/batch-x",
                new Stats(5_000_000_000L, 9, 1, 0),
                null,
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                Instant.parse("2026-01-02T04:04:05Z"),
                true));
    assertThat(server.seen().get(0).target()).isEqualTo("/v1beta/batches/x");
  }

  @Test
  void readsErrorsAndTheResultFileOfTheResponse() {
    server.then(
        ok(
"""
            {"name":"batches/x","metadata":{"state":"BATCH_STATE_FAILED"},"done":true,
             "error":{"code":13,"message":"internal","details":[]}}
"""),
        ok(
"""
            {"name":"batches/x","metadata":{"state":"BATCH_STATE_SUCCEEDED"},"done":true,
             "response":{"responsesFile":"files/r"}}
"""));

    RemoteJob failed = provider.get("batches/x").orElseThrow();
    assertThat(failed.error()).isEqualTo(new RemoteError(13, "internal"));
    assertThat(failed.resultFile()).isNull();
    assertThat(failed.stats()).isNull();
    assertThat(provider.get("batches/x").orElseThrow().resultFile()).isEqualTo("files/r");
  }

  @ParameterizedTest
  @CsvSource({
    "BATCH_STATE_SUCCEEDED, SUCCEEDED, true",
    "BATCH_STATE_FAILED, FAILED, true",
    "BATCH_STATE_CANCELLED, CANCELLED, true",
    "BATCH_STATE_EXPIRED, EXPIRED, true",
    "BATCH_STATE_PARTIALLY_SUCCEEDED, PARTIALLY_SUCCEEDED, true",
    "JOB_STATE_SUCCEEDED, SUCCEEDED, true",
    "BATCH_STATE_PENDING, PENDING, false",
    "BATCH_STATE_RUNNING, RUNNING, false",
    "BATCH_STATE_CANCELLING, CANCELLING, false",
    "BATCH_STATE_PAUSED, PAUSED, false",
    "BATCH_STATE_QUEUED, QUEUED, false",
    "BATCH_STATE_UPDATING, UPDATING, false",
    "BATCH_STATE_THAWING, THAWING, false",
    "something-new, something-new, false",
    "'', UNSPECIFIED, false",
  })
  void statesLoseTheirPrefixAndUnknownOnesStay(String wire, String state, boolean terminal) {
    server.then(ok(job("x", "d/b", wire)));
    RemoteJob job = provider.get("batches/x").orElseThrow();
    assertThat(job.state()).isEqualTo(state);
    assertThat(job.terminal()).isEqualTo(terminal);
  }

  @Test
  void absentJobIsEmptyAndOtherErrorsAreNot() {
    server.then(error(404, "NOT_FOUND", "no"), error(503, "UNAVAILABLE", "no"));
    assertThat(provider.get("batches/x")).isEmpty();
    assertThat(
            catchThrowableOfType(ProviderException.class, () -> provider.get("batches/x")).kind())
        .isEqualTo(Kind.UNKNOWN);
    assertThatIllegalArgumentException().isThrownBy(() -> provider.get("x"));
  }

  @Test
  void findReadsAllPages() {
    server.then(
        ok(
            "{\"operations\":[%s,%s],\"nextPageToken\":\"a+/=\"}"
                .formatted(job("1", "d/b", "s"), job("2", "d/b2", "s"))),
        ok("{\"nextPageToken\":\"t2\"}"), // an empty page is not the end
        ok(
            "{\"operations\":[%s,%s]}"
                .formatted(job("1", "d/b", "s"), job("3", "d/b", "BATCH_STATE_RUNNING"))));

    assertThat(provider.find("d/b"))
        .extracting(RemoteJob::name)
        .containsExactly("batches/1", "batches/3");
    assertThat(server.seen())
        .extracting(ScriptedServer.Seen::target)
        .containsExactly(
            "/v1beta/batches?pageSize=2",
            "/v1beta/batches?pageSize=2&pageToken=a%2B%2F%3D",
            "/v1beta/batches?pageSize=2&pageToken=t2");
  }

  @ParameterizedTest
  @CsvSource({
    "BATCH_STATE_THAWED, true, error, true",
    "BATCH_STATE_THAWED, true, file, true",
    "BATCH_STATE_THAWED, true, nothing, false",
    "BATCH_STATE_THAWED, false, error, false",
    "BATCH_STATE_THAWED, false, file, false",
    "'', true, error, true",
    "BATCH_STATE_RUNNING, true, file, false",
    "BATCH_STATE_CANCELLING, true, error, false",
  })
  void anOperationThatIsDoneAndHoldsItsOutcomeDecidesForAnUnknownState(
      String wire, boolean done, String outcome, boolean terminal) {
    String held =
        switch (outcome) {
          case "error" -> ",\"error\":{\"code\":1,\"message\":\"m\"}";
          case "file" -> ",\"response\":{\"responsesFile\":\"files/r\"}";
          default -> "";
        };
    server.then(
        ok(
            "{\"name\":\"batches/x\",\"metadata\":{\"state\":\"%s\"},\"done\":%s%s}"
                .formatted(wire, done, held)));
    RemoteJob job = provider.get("batches/x").orElseThrow();
    assertThat(job.done()).isEqualTo(done);
    assertThat(job.terminal()).isEqualTo(terminal);
  }

  @Test
  void aListIsReadPageByPage() {
    server.then(
        ok("{\"operations\":[%s],\"nextPageToken\":\"t2\"}".formatted(job("1", "d/b", "s"))),
        ok("{}"),
        ok("{\"nextPageToken\":\"t2\"}"));

    JobPage first = provider.list("");
    assertThat(first.jobs()).extracting(RemoteJob::name).containsExactly("batches/1");
    assertThat(first.last()).isFalse();
    JobPage second = provider.list(first.next());
    assertThat(second.jobs()).isEmpty();
    assertThat(second.last()).isTrue();
    assertThat(server.seen())
        .extracting(ScriptedServer.Seen::target)
        .containsExactly("/v1beta/batches?pageSize=2", "/v1beta/batches?pageSize=2&pageToken=t2");
    assertThat(catchThrowableOfType(ProviderException.class, () -> provider.list("t2")).kind())
        .isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void absenceIsBelievedOnlyOfAWholeList() {
    server.then(ok("{}"));
    assertThat(provider.find("d/b")).isEmpty();

    String first = "{\"operations\":[],\"nextPageToken\":\"t\"}";
    for (ScriptedServer.Reply reply :
        new ScriptedServer.Reply[] {
          error(503, "UNAVAILABLE", "no"), ok("<html>"), ok(""), ok("null"), ok(first)
        }) {
      server.then(ok(first), reply);
      assertThat(catchThrowableOfType(ProviderException.class, () -> provider.find("d/b")).kind())
          .isEqualTo(Kind.UNKNOWN);
    }
  }

  @Test
  void readIsRepeatedOnPooledConnectionThatDied() {
    server.then(ok("{}"), hangUp(), ok("{}"));
    assertThat(provider.find("d/b")).isEmpty();
    assertThat(provider.find("d/b")).isEmpty();
    assertThat(server.seen()).hasSize(3);
  }

  @Test
  void cancelTellsTheTruth() {
    server.then(ok("{}"));
    provider.cancel("batches/x");
    assertThat(server.seen().get(0).method()).isEqualTo("POST");
    assertThat(server.seen().get(0).target()).isEqualTo("/v1beta/batches/x:cancel");

    server.then(error(404, "NOT_FOUND", "no"));
    assertThat(
            catchThrowableOfType(ProviderException.class, () -> provider.cancel("batches/x"))
                .kind())
        .isEqualTo(Kind.NOT_FOUND);

    // Already over: fine. Still running: not cancelled, whatever the reason.
    server.then(
        error(400, "FAILED_PRECONDITION", "no"), ok(job("x", "d/b", "BATCH_STATE_SUCCEEDED")));
    provider.cancel("batches/x");
    server.then(
        error(400, "FAILED_PRECONDITION", "no"), ok(job("x", "d/b", "BATCH_STATE_RUNNING")));
    assertThat(
            catchThrowableOfType(ProviderException.class, () -> provider.cancel("batches/x"))
                .kind())
        .isEqualTo(Kind.REFUSED);
  }

  @Test
  void discardToleratesAbsenceAndRefusalButNoWrongKey() {
    server.then(
        ok("{}"),
        error(404, "NOT_FOUND", "no"),
        error(403, "PERMISSION_DENIED", "You do not have permission or it may not exist."),
        error(400, "INVALID_ARGUMENT", "id too long"),
        error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        error(403, "PERMISSION_DENIED", "no"));

    assertThat(provider.discard("files/x")).isTrue();
    assertThat(server.seen().get(0).method()).isEqualTo("DELETE");
    assertThat(server.seen().get(0).target()).isEqualTo("/v1beta/files/x");
    assertThat(provider.discard("files/x")).isTrue();
    assertThat(provider.discard("files/x")).isTrue();
    assertThat(provider.discard("files/x")).isFalse();
    for (int i = 0; i < 2; i++) {
      assertThat(
              catchThrowableOfType(ProviderException.class, () -> provider.discard("files/x"))
                  .kind())
          .isEqualTo(Kind.REFUSED);
    }
  }
}
