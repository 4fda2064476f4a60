package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/** {@code files}: get, list, delete, download. */
final class FilesApi {
  private static final int LONGEST_ID = 40;

  private final FileStore files;
  private final Ledger ledger;

  FilesApi(FileStore files, Ledger ledger) {
    this.files = files;
    this.ledger = ledger;
  }

  void routes(Router router) {
    router.keyed("GET", "/v1beta/files", this::list);
    router.keyed("GET", "/v1beta/files/([^/:]+)", this::get);
    router.keyed("DELETE", "/v1beta/files/([^/:]+)", this::delete);
    router.keyed("GET", "(?:/download)?/v1beta/files/([^/:]+):download", this::download);
  }

  private void list(Call call, List<String> groups) throws IOException {
    Page<StoredFile> page = Page.of(call, 10, 100, files.all(), StoredFile::number);
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("files");
    page.items().forEach(file -> array.add(file.json(baseUrl(call))));
    if (page.nextToken() != null) {
      json.put("nextPageToken", page.nextToken());
    }
    call.respond(json);
  }

  private void get(Call call, List<String> groups) throws IOException {
    call.respond(named(shortEnough(groups.get(0))).json(baseUrl(call)));
  }

  private void delete(Call call, List<String> groups) throws IOException {
    files.delete(named(shortEnough(groups.get(0))));
    call.respond(Json.object());
  }

  private void download(Call call, List<String> groups) throws IOException {
    String id = groups.get(0);
    if (!"media".equals(call.query("alt"))) {
      throw ApiError.invalid("A download needs alt=media.");
    }
    if (files.wasDeleted(id)) {
      ledger.violation("DELETED_FILE_DOWNLOADED", "", "files/" + id);
    }
    StoredFile file = named(id);
    call.respondFile(files.content(id), file.mimeType());
  }

  private StoredFile named(String id) {
    return files
        .find(id)
        .orElseThrow(() -> ApiError.notFound("File files/" + id + " does not exist."));
  }

  /** The service's own result files have ids that its get and delete refuse. */
  private static String shortEnough(String id) {
    if (id.length() > LONGEST_ID) {
      throw ApiError.invalid(
          "The file ID must be at most "
              + LONGEST_ID
              + " characters long; this one has "
              + id.length()
              + ".");
    }
    return id;
  }

  static String baseUrl(Call call) {
    return "http://" + call.header("Host");
  }
}
