package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.simulator.faults.Point;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code files}: get, list, delete, download. */
final class FilesApi {
  private static final int LONGEST_ID = 40;

  /** The one form that is granted; any other is as if it had not been asked for. */
  private static final Pattern FROM = Pattern.compile("bytes=(\\d{1,18})-");

  private final FileStore files;
  private final Ledger ledger;
  private final Clock clock;

  FilesApi(FileStore files, Ledger ledger, Clock clock) {
    this.files = files;
    this.ledger = ledger;
    this.clock = clock;
  }

  void routes(Router router) {
    String one = "/v1beta/files/([^/:]+)";
    String content = "(?:/download)?" + one + ":download";
    router.keyed(Point.FILES_LIST, "GET", "/v1beta/files", (call, groups) -> "", this::list);
    router.keyed(Point.FILES_GET, "GET", one, this::names, this::get);
    router.keyed(Point.FILES_DELETE, "DELETE", one, this::names, this::delete);
    router.keyed(Point.DOWNLOAD, "GET", content, this::names, this::download);
  }

  private String names(Call call, List<String> groups) {
    return files
        .find(call.project(), groups.get(0))
        .map(StoredFile::names)
        .orElse("files/" + groups.get(0));
  }

  private void list(Call call, List<String> groups) throws IOException {
    Page<StoredFile> page = Page.of(call, 10, 100, files.all(call.project()), StoredFile::number);
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("files");
    page.items().forEach(file -> array.add(file.json(baseUrl(call))));
    if (page.nextToken() != null) {
      json.put("nextPageToken", page.nextToken());
    }
    call.reply().json(json);
  }

  private void get(Call call, List<String> groups) throws IOException {
    call.reply().json(named(call, shortEnough(groups.get(0))).json(baseUrl(call)));
  }

  private void delete(Call call, List<String> groups) throws IOException {
    files.delete(named(call, shortEnough(groups.get(0))));
    call.reply().json(Json.object());
  }

  private void download(Call call, List<String> groups) throws IOException {
    String id = groups.get(0);
    if (!"media".equals(call.query("alt"))) {
      throw ApiError.invalid("A download needs alt=media.");
    }
    if (files.wasDeleted(id)) {
      ledger.violation("DELETED_FILE_DOWNLOADED", "", "files/" + id);
    }
    StoredFile file = named(call, id);
    if (!file.readable(clock.instant())) {
      throw missing(id);
    }
    if (call.rangeless()) {
      call.reply().file(files.content(id), file.mimeType());
    } else {
      sendRange(call, file);
    }
  }

  /**
   * Whether the service grants ranges is not known; that it must not be relied on, a fault shows.
   */
  private void sendRange(Call call, StoredFile file) throws IOException {
    String tag = "\"" + file.sha256() + "\"";
    String onlyIf = call.header("If-Range");
    String range = onlyIf == null || onlyIf.equals(tag) ? call.header("Range") : null;
    Matcher from = FROM.matcher(range == null ? "" : range);
    call.reply().header("ETag", tag);
    call.reply().header("Accept-Ranges", "bytes");
    if (!from.matches()) {
      call.reply().file(files.content(file.id()), file.mimeType());
      return;
    }
    long first = Long.parseLong(from.group(1));
    if (first >= file.sizeBytes()) {
      call.reply().header("Content-Range", "bytes */" + file.sizeBytes());
      throw ApiError.unsatisfiable(file.sizeBytes());
    }
    call.reply().rest(files.content(file.id()), file.mimeType(), first);
  }

  private StoredFile named(Call call, String id) {
    return files.find(call.project(), id).orElseThrow(() -> missing(id));
  }

  private static ApiError missing(String id) {
    return ApiError.notFound("File files/" + id + " does not exist.");
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
