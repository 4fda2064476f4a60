package io.promptferry.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.gemini.ProviderException.Kind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at files in the provider's storage, lists and deletes them. */
final class RemoteFiles {

  private static final Logger log = LoggerFactory.getLogger(RemoteFiles.class);

  /** The API's largest page of files, by its reference for {@code files.list}. */
  private static final int LARGEST_PAGE = 100;

  record Page(@Nullable List<Listed> files, @Nullable String nextPageToken) {}

  record Listed(
      @Nullable String name,
      @Nullable String displayName,
      long sizeBytes,
      @Nullable String createTime,
      @Nullable String state) {

    ListedFile toFile() {
      return new ListedFile(
          Objects.requireNonNullElse(name, ""),
          Objects.requireNonNullElse(displayName, ""),
          sizeBytes,
          Operation.time(createTime),
          Objects.requireNonNullElse(state, ""));
    }
  }

  private final GeminiHttp http;
  private final int pageSize;

  /**
   * @param pageSize files asked for in one page; more than the API gives is as much as it gives
   */
  RemoteFiles(GeminiHttp http, int pageSize) {
    this.http = http;
    this.pageSize = Math.min(pageSize, LARGEST_PAGE);
  }

  FilePage list(String token) {
    HttpUrl.Builder url =
        http.resource("files").addQueryParameter("pageSize", Integer.toString(pageSize));
    if (!token.isEmpty()) {
      url.addQueryParameter("pageToken", token);
    }
    Page page = http.get(url.build(), Page.class);
    String next = Objects.requireNonNullElse(page.nextPageToken(), "");
    if (!next.isEmpty() && next.equals(token)) {
      throw ProviderException.unknown("GET files: the list repeats a page, ask again", null);
    }
    List<Listed> files = Objects.requireNonNullElse(page.files(), List.of());
    return new FilePage(files.stream().map(Listed::toFile).toList(), next);
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
