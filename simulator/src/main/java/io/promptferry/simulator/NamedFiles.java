package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the Files API that a request names in its parts, and whether they are there for it.
 * What lies elsewhere, {@code gs://} or another host, is taken as it is.
 */
final class NamedFiles {
  private static final Pattern URI =
      Pattern.compile(Pattern.quote(StoredFile.URI_PREFIX) + "([^/:?#]+).*");

  private final FileStore files;

  NamedFiles(FileStore files) {
    this.files = files;
  }

  /**
   * Why a request of the project cannot be answered now: a file that it names is another project's,
   * was deleted, has expired or never was. The service's own words, which tell none from another.
   */
  Optional<String> refusal(String project, JsonNode request) {
    return named(request).stream()
        .filter(id -> !files.usable(project, id))
        .findFirst()
        .map(id -> "You do not have permission to access the File " + id + " or it may not exist.");
  }

  private static List<String> named(JsonNode request) {
    List<String> ids = new ArrayList<>();
    request.path("contents").forEach(content -> addTo(ids, content));
    addTo(ids, Json.get(request, "systemInstruction"));
    return ids;
  }

  private static void addTo(List<String> ids, JsonNode content) {
    for (JsonNode part : content.path("parts")) {
      Matcher uri = URI.matcher(Json.get(Json.get(part, "fileData"), "fileUri").asText(""));
      if (uri.matches()) {
        ids.add(uri.group(1));
      }
    }
  }
}
