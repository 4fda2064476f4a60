package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.hangUp;
import static io.promptferry.gemini.ScriptedServer.ok;
import static io.promptferry.gemini.ScriptedServer.silence;
import static io.promptferry.gemini.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CreateTest {

  private static final String CREATED =
"""
      {"name":"batches/j1","metadata":{"displayName":"ferry/b1","model":"models/gemini-2.5-flash",
       "state":"BATCH_STATE_PENDING","createTime":"2026-01-02T03:04:05.123456Z"}}
""";

  private final ScriptedServer server = new ScriptedServer();
  private final GeminiProvider provider = server.provider();

  @AfterEach
  void close() {
    provider.close();
    server.close();
  }

  private RemoteJob create() {
    return provider.create("gemini-2.5-flash", "files/in", "ferry/b1");
  }

  private ProviderException failure() {
    return catchThrowableOfType(ProviderException.class, this::create);
  }

  private long posts() {
    return server.seen().stream().filter(seen -> seen.method().equals("POST")).count();
  }

  @Test
  void asksForTheJobAndTellsWhatBecameOfIt() throws IOException {
    server.then(ok(CREATED));

    assertThat(create())
        .isEqualTo(
            new RemoteJob(
                "batches/j1",
                "ferry/b1",
                "gemini-2.5-flash",
                "PENDING",
                "files/in",
                null,
                null,
                null,
                Instant.parse("2026-01-02T03:04:05.123456Z"),
                null));
    ScriptedServer.Seen request = server.seen().get(0);
    assertThat(request.target()).isEqualTo("/v1beta/models/gemini-2.5-flash:batchGenerateContent");
    assertThat(request.header("x-goog-api-key")).isEqualTo(ScriptedServer.KEY);
    assertThat(request.header("x-goog-api-client")).startsWith("google-genai-sdk/");
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(request.body()))
        .isEqualTo(
            json.readTree(
"""
                {"batch":{"displayName":"ferry/b1","inputConfig":{"fileName":"files/in"}}}
"""));
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("503", error(503, "UNAVAILABLE", "overloaded"), Kind.UNKNOWN),
        Arguments.of(
            "503 that OkHttp would repeat",
            error(503, "UNAVAILABLE", "overloaded", "Retry-After", "0"),
            Kind.UNKNOWN),
        Arguments.of("500", error(500, "INTERNAL", "oops"), Kind.UNKNOWN),
        Arguments.of("408", error(408, "", "slow"), Kind.UNKNOWN),
        Arguments.of("429", error(429, "RESOURCE_EXHAUSTED", "quota"), Kind.BUSY),
        Arguments.of("307", status(307, "", "Location", "/elsewhere"), Kind.REFUSED),
        Arguments.of("302", status(302, "", "Location", "/elsewhere"), Kind.REFUSED),
        Arguments.of("closed before the reply", hangUp(), Kind.UNKNOWN),
        Arguments.of("cut off in the reply", ScriptedServer.cutShort(500, "{"), Kind.UNKNOWN),
        Arguments.of("not JSON", ok("<html>"), Kind.UNKNOWN),
        Arguments.of("JSON, but no job", ok("{}"), Kind.UNKNOWN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void isSentOnceWhateverComesBack(String name, ScriptedServer.Reply reply, Kind kind) {
    server.then(reply, ok(CREATED), ok(CREATED));

    assertThat(failure().kind()).isEqualTo(kind);
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void isSentOnceOnPooledConnectionThatDies() {
    server.then(ok("{\"name\":\"batches/j0\"}"), hangUp(), ok(CREATED));
    assertThat(provider.get("batches/j0")).isPresent();

    assertThat(failure().kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(posts()).isEqualTo(1);
    assertThat(server.seen().stream().map(ScriptedServer.Seen::port).distinct()).hasSize(1);
  }

  @Test
  void isSentOnceWhenNoReplyComesInTime() {
    server.then(silence(Duration.ofMillis(600)), ok(CREATED));
    GeminiSettings s = server.settings();
    GeminiSettings hasty =
        new GeminiSettings(
            s.apiKey(),
            s.baseUrl(),
            s.connectTimeout(),
            Duration.ofMillis(200),
            s.transferTimeout(),
            4,
            3,
            2);
    try (GeminiProvider impatient = new GeminiProvider(hasty)) {
      ProviderException e =
          catchThrowableOfType(
              ProviderException.class, () -> impatient.create("m", "files/in", "ferry/b1"));
      assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(e).hasMessageContaining("time");
    }
    assertThat(posts()).isEqualTo(1);
  }

  @Test
  void nobodyListeningIsDoubtRatherThanRefusal() throws IOException {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    GeminiSettings s = server.settings();
    try (GeminiProvider lost =
        new GeminiProvider(
            new GeminiSettings(
                new Password("k"),
                "http://127.0.0.1:" + port,
                s.connectTimeout(),
                s.callTimeout(),
                s.transferTimeout(),
                4,
                3,
                2))) {
      assertThat(
              catchThrowableOfType(
                      ProviderException.class, () -> lost.create("m", "files/in", "ferry/b1"))
                  .kind())
          .isEqualTo(Kind.UNKNOWN);
    }
  }

  @Test
  void modelThatCannotBeIsRefusedUnsent() {
    for (String model : new String[] {"", "a?b", "../files", "a b", "a&b"}) {
      ProviderException e =
          catchThrowableOfType(
              ProviderException.class, () -> provider.create(model, "files/in", "ferry/b1"));
      assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    }
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void theEnvironmentHasNoInfluence() {
    // Set for all tests of this module, so every other test shows the same.
    assertThat(System.getenv("GOOGLE_API_KEY")).isEqualTo("ambient-google-key");
    assertThat(System.getenv("GEMINI_API_KEY")).isEqualTo("ambient-gemini-key");
    assertThat(System.getenv("GOOGLE_GEMINI_BASE_URL")).isEqualTo("http://127.0.0.1:9");
    assertThat(System.getenv("GOOGLE_GENAI_USE_VERTEXAI")).isEqualTo("true");
    server.then(ok(CREATED));

    create();

    assertThat(server.seen().get(0).headers().get("x-goog-api-key"))
        .containsExactly(ScriptedServer.KEY);
  }
}
