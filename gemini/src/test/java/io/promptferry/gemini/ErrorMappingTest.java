package io.promptferry.gemini;

import static io.promptferry.gemini.ScriptedServer.error;
import static io.promptferry.gemini.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.ProviderException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorMappingTest {

  private final ScriptedServer server = new ScriptedServer();
  private final GeminiProvider provider = server.provider();

  @AfterEach
  void close() {
    provider.close();
    server.close();
  }

  /** Through the SDK's call and through one of ours. */
  private ProviderException[] failures(ScriptedServer.Reply reply) {
    server.then(reply, reply);
    return new ProviderException[] {
      catchThrowableOfType(ProviderException.class, () -> provider.create("m", "files/in", "d/b")),
      catchThrowableOfType(ProviderException.class, () -> provider.find("d/b"))
    };
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_ARGUMENT, REFUSED",
    "400, FAILED_PRECONDITION, REFUSED",
    "401, UNAUTHENTICATED, REFUSED",
    "403, PERMISSION_DENIED, REFUSED",
    "404, NOT_FOUND, NOT_FOUND",
    "409, ALREADY_EXISTS, REFUSED",
    "413, '', REFUSED",
    "429, RESOURCE_EXHAUSTED, BUSY",
    "499, CANCELLED, UNKNOWN",
    "500, INTERNAL, UNKNOWN",
    "501, UNIMPLEMENTED, UNKNOWN",
    "502, '', UNKNOWN",
    "503, UNAVAILABLE, UNKNOWN",
    "504, DEADLINE_EXCEEDED, UNKNOWN",
  })
  void kindFollowsTheCode(int code, String name, Kind kind) {
    for (ProviderException e : failures(error(code, name, "because\\nof this"))) {
      assertThat(e.kind()).isEqualTo(kind);
      assertThat(e.code()).isEqualTo(code);
      assertThat(e.status()).isEqualTo(name);
      assertThat(e)
          .hasMessageContaining((code + " " + name).strip())
          .hasMessageContaining("because of this");
      assertThat(e.retryAfter()).isEmpty();
      assertThat(e.keyIsWrong()).isEqualTo(code == 401);
    }
  }

  @Test
  void wrongKeyIsSaidPlainlyAndNotRepeated() {
    String body =
"""
        {"error":{"code":400,"message":"API key not valid: secret-test-key.","status":"INVALID_ARGUMENT",
         "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"},
          {"@type":"type.googleapis.com/google.rpc.LocalizedMessage","locale":"en-US"}]}}
""";
    for (ProviderException e : failures(status(400, body))) {
      assertThat(e.kind()).isEqualTo(Kind.REFUSED);
      assertThat(e.keyIsWrong()).isTrue();
      assertThat(e)
          .hasMessageStartingWith(
              "the API key is not valid, set gemini.api.key or the account's file in gemini.keys.dir")
          .hasMessageNotContaining(ScriptedServer.KEY);
      assertThat(e).message().hasLineCount(1);
    }
  }

  @Test
  void fileThatMayNotExistIsNotFound() {
    String message = "You do not have permission to access the File x or it may not exist.";
    for (ProviderException e : failures(error(403, "PERMISSION_DENIED", message))) {
      assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND);
    }
  }

  @Test
  void errorThatIsNotJsonKeepsItsCode() {
    for (ProviderException e : failures(status(429, "<html>no</html>"))) {
      assertThat(e.kind()).isEqualTo(Kind.BUSY);
    }
    for (ProviderException e : failures(status(503, ""))) {
      assertThat(e.kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(e.code()).isEqualTo(503);
    }
  }

  @Test
  void longErrorIsCut() {
    for (ProviderException e : failures(error(400, "INVALID_ARGUMENT", "x".repeat(5_000)))) {
      assertThat(e.getMessage()).hasSizeLessThan(500);
    }
  }

  @Test
  void waitIsTakenFromHeaderDateOrDetails() {
    String details =
"""
        {"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[
         {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}
""";
    String later = "Fri, 02 Jan 2099 03:05:05 GMT";

    for (ProviderException e : failures(error(429, "", "", "Retry-After", "7"))) {
      assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
    }
    for (ProviderException e : failures(error(429, "", "", "Retry-After", later))) {
      assertThat(e.retryAfter()).hasValueSatisfying(d -> assertThat(d).isPositive());
    }
    for (ProviderException e : failures(status(429, details))) {
      assertThat(e.retryAfter()).contains(Duration.ofMillis(34_500));
    }
    for (ProviderException e : failures(error(429, "", "", "Retry-After", "soon"))) {
      assertThat(e.retryAfter()).isEmpty();
    }
  }
}
