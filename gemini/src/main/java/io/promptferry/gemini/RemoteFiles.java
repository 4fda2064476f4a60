package io.promptferry.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.gemini.ProviderException.Kind;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at files in the provider's storage, and deletes them. */
final class RemoteFiles {

  private static final Logger log = LoggerFactory.getLogger(RemoteFiles.class);

  private final GeminiHttp http;

  RemoteFiles(GeminiHttp http) {
    this.http = http;
  }

  /** Only for files we named ourselves: the API refuses the long names of its result files. */
  Optional<RemoteFile> get(String name) {
    try {
      return Optional.of(read(http.get(address(http, name, "").build(), JsonNode.class)));
    } catch (ProviderException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  boolean discard(String name) {
    try {
      http.delete(address(http, name, "").build());
      return true;
    } catch (ProviderException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return true;
      }
      // By status, since a wrong key is a 400 too, and must not pass for a deletion.
      if (e.code() == 400 && !e.keyIsWrong()) {
        log.debug("{} stays until it expires: {}", name, e.getMessage());
        return false;
      }
      throw e;
    }
  }

  static RemoteFile read(JsonNode file) {
    return new RemoteFile(file.path("name").asText(""), file.path("sizeBytes").asLong(-1));
  }

  static HttpUrl.Builder address(GeminiHttp http, String name, String verb) {
    if (!name.matches("files/[^/?#\\s]+") || name.contains("..")) {
      throw new IllegalArgumentException("not the name of a file, files/…: " + name);
    }
    return http.resource(name + verb);
  }
}
