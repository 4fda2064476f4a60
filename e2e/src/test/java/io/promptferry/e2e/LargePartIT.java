package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.demo.verdict.LedgerReader;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.producer.Answer;
import io.promptferry.producer.FilesApiStore;
import io.promptferry.producer.PartStore;
import io.promptferry.producer.Prompt;
import io.promptferry.producer.PromptProducer;
import io.promptferry.producer.ResponseConsumer;
import io.promptferry.records.PromptError;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parts above the limit, on the whole road: they go by the Files API, and a prompt whose file is
 * gone when its job runs is answered so, once, and harms nobody.
 */
class LargePartIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final byte[] IMAGE = new byte[5_000];

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  @Timeout(180)
  void itIsReadWhereItWasStoredAndAnsweredNoAccessWhereItIsGone(@TempDir Path folder)
      throws Exception {
    StackSettings settings =
        StackSettings.defaults(folder).withDelays(Duration.ofMillis(100), Duration.ofMillis(200));
    try (LocalStack stack = LocalStack.start(settings, step -> {});
        ResponseConsumer answers =
            ResponseConsumer.builder().settings(addresses(stack)).keys("k").build()) {
      var files = new FilesApiStore(stack.simulatorUrl(), stack::simulatorKey, Clock.systemUTC());
      var stored = new ArrayList<String>();
      send(stack, "kept", remembering(stored, files));
      // Gone before its prompt is on Kafka: no job is quicker.
      PartStore forgetful =
          (bytes, mimeType, until) -> {
            PartStore.Stored part = files.store(bytes, mimeType, until);
            assertThat(call(stack, "DELETE", part.uri()).statusCode()).isEqualTo(200);
            return part;
          };
      send(stack, "gone", remembering(stored, forgetful));

      Answer kept = answers.await("kept", PATIENCE).orElseThrow();
      assertThat(kept.response().getError()).isNull();
      assertThat(kept.succeeded()).isTrue();
      assertThat(call(stack, "GET", stored.get(0)).body())
          .contains("\"sizeBytes\":\"" + IMAGE.length + "\"", "\"mimeType\":\"image/png\"");

      Answer gone = answers.await("gone", PATIENCE).orElseThrow();
      PromptError error = gone.response().getError();
      assertThat(gone.succeeded()).isFalse();
      assertThat(error.getReason()).isEqualTo("NO_ACCESS");
      assertThat(error.getCode()).isEqualTo(7);
      assertThat(error.getMessage()).contains(stored.get(1).replaceAll(".*/", ""));
      assertThat(gone.response().getAttempt()).isEqualTo(1);
      assertThat(LedgerReader.read(stack.simulatorUrl()).bills())
          .as("the one that was answered")
          .hasSize(1);
    }
  }

  private static PartStore remembering(List<String> uris, PartStore store) {
    return (bytes, mimeType, until) -> {
      PartStore.Stored part = store.store(bytes, mimeType, until);
      uris.add(part.uri());
      return part;
    };
  }

  private static void send(LocalStack stack, String id, PartStore store) {
    try (PromptProducer producer =
        PromptProducer.builder()
            .settings(addresses(stack))
            .setting("promptferry.inline.max.bytes", 1_000)
            .partStore(store)
            .build()) {
      producer
          .send(Prompt.text("What is this?").key("k").id(id).addData(IMAGE, "image/png").build())
          .join();
    }
  }

  /** A file's URI is Google's; the simulator has the same path. */
  private HttpResponse<String> call(LocalStack stack, String method, String uri) {
    URI file = stack.simulatorUrl().resolve(URI.create(uri).getPath());
    HttpRequest request =
        HttpRequest.newBuilder(file)
            .header("x-goog-api-key", stack.simulatorKey())
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
  }

  private static Map<String, String> addresses(LocalStack stack) {
    return Map.of(
        "bootstrap.servers", stack.bootstrapServers(), "schema.registry.url", stack.registryUrl());
  }
}
