package io.promptferry.producer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gemini's Files API as a {@link PartStore}: resumable upload in one piece, by the JDK's own HTTP
 * client.
 *
 * <p>A file is kept for {@value #KEPT_HOURS} hours and can be read only with keys of the project
 * that it was uploaded with, which so must be the project of the account that the prompt rides on.
 * A prompt that needs it longer is refused before anything is uploaded: a batch job may take as
 * long by itself, so what must not fail belongs in Cloud Storage ({@code gs://}). Files go by
 * themselves; nothing here deletes them. A project has 20 GB (ai.google.dev/gemini-api/docs/files).
 *
 * <pre>{@code
 * PromptProducer producer =
 *     PromptProducer.builder()
 *         .settings(settings)
 *         .partStore(new FilesApiStore(() -> apiKey))
 *         .setting("promptferry.part.wait.ms", 86_400_000)
 *         .build();
 * }</pre>
 */
public final class FilesApiStore implements PartStore {

  /** Google's own address. */
  public static final URI GOOGLE = URI.create("https://generativelanguage.googleapis.com");

  static final int KEPT_HOURS = 48;

  /** Between now and the moment when the file's 48 hours begin. */
  private static final Duration UPLOAD_LIMIT = Duration.ofMinutes(5);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final URI base;
  private final Supplier<String> apiKey;
  private final Clock clock;

  /**
   * @param apiKey asked for each upload, so that a key may change; never logged
   */
  public FilesApiStore(Supplier<String> apiKey) {
    this(GOOGLE, apiKey, Clock.systemUTC());
  }

  /** With another address, a simulator's for example. */
  public FilesApiStore(URI base, Supplier<String> apiKey, Clock clock) {
    this.base = base;
    this.apiKey = apiKey;
    this.clock = clock;
  }

  @Override
  public Stored store(byte[] bytes, String mimeType, Instant until) {
    Instant kept = clock.instant().plus(Duration.ofHours(KEPT_HOURS));
    if (until.isAfter(kept)) {
      throw new PartStoreException(
          "the Files API keeps a file %d hours, until %s, and the prompt needs it until %s: give it an earlier deadline, lower %s, or put the file in Cloud Storage and pass its gs:// URI"
              .formatted(KEPT_HOURS, kept, until, ProducerSettings.PART_WAIT));
    }
    JsonNode file = json(upload(session(bytes.length, mimeType), bytes)).path("file");
    String uri = file.path("uri").asText("");
    if (uri.isEmpty() || file.path("state").asText("").equals("FAILED")) {
      throw new PartStoreException(
          "the Files API took a part and did not keep it: send the prompt again");
    }
    return new Stored(uri, expiry(file));
  }

  private URI session(int length, String mimeType) {
    HttpRequest.Builder start =
        HttpRequest.newBuilder(base.resolve("/upload/v1beta/files"))
            .header("x-goog-api-key", apiKey.get())
            .header("X-Goog-Upload-Protocol", "resumable")
            .header("X-Goog-Upload-Command", "start")
            .header("X-Goog-Upload-Header-Content-Length", Integer.toString(length))
            .header("X-Goog-Upload-Header-Content-Type", mimeType)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"file\":{}}"));
    return call(start)
        .headers()
        .firstValue("X-Goog-Upload-URL")
        .map(URI::create)
        .orElseThrow(
            () ->
                new PartStoreException(
                    "what answers at %s is no Files API: check the address".formatted(base)));
  }

  private String upload(URI session, byte[] bytes) {
    return call(HttpRequest.newBuilder(session)
            .header("X-Goog-Upload-Command", "upload, finalize")
            .header("X-Goog-Upload-Offset", "0")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)))
        .body();
  }

  private HttpResponse<String> call(HttpRequest.Builder request) {
    HttpResponse<String> response;
    try {
      response =
          http.send(request.timeout(UPLOAD_LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new PartStoreException(
          "the Files API does not answer at %s: send the prompt again later".formatted(base), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PartStoreException("interrupted while a part was uploaded", e);
    }
    if (response.statusCode() / 100 != 2) {
      // Not the body: Google's errors may quote the key's project.
      throw new PartStoreException(
          "the Files API refuses a part with HTTP %d: check the API key, the MIME type and the project's 20 GB"
              .formatted(response.statusCode()));
    }
    return response;
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new PartStoreException("the Files API answered with what is no JSON", e);
    }
  }

  private Optional<Instant> expiry(JsonNode file) {
    try {
      return Optional.of(Instant.parse(file.path("expirationTime").asText("")));
    } catch (DateTimeException e) {
      // What it does not say is what it documents.
      return Optional.of(clock.instant().plus(Duration.ofHours(KEPT_HOURS)));
    }
  }
}
