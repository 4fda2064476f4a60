package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.simulator.faults.Point;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resumable uploads. Sessions do not survive a restart of the simulator; a caller that loses one is
 * told 404 and starts over.
 */
final class UploadsApi {
  private static final Pattern FILE_ID = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?");
  private static final int MOST_SESSIONS = 1_000;

  private final FileStore files;
  private final QuotaGate quotas;
  private final FaultGate gate;
  private final Path drafts;
  // The oldest goes when there are too many: callers abandon uploads without a word.
  private final Map<String, UploadSession> sessions = new LinkedHashMap<>();

  UploadsApi(FileStore files, QuotaGate quotas, FaultGate gate, Path drafts) throws IOException {
    this.files = files;
    this.quotas = quotas;
    this.gate = gate;
    this.drafts = Files.createDirectories(drafts);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(drafts)) {
      for (Path draft : left) {
        Files.delete(draft);
      }
    }
  }

  void routes(Router router) {
    // The URL of a session is its own credential, so this one looks after the key itself.
    router.open(
        "POST",
        "/upload/v1beta/files/?",
        (call, groups) -> {
          String id = call.query("upload_id");
          if (id == null) {
            router.requireKey(call);
            JsonNode file = call.json().path("file");
            String names = file.path("name").asText("") + " " + displayName(file);
            gate.pass(Point.UPLOAD_START, names, call, () -> start(call));
          } else {
            carryOn(call, id);
          }
        });
  }

  private void start(Call call) throws IOException {
    if (!"resumable".equals(call.header("X-Goog-Upload-Protocol"))
        || !"start".equals(call.header("X-Goog-Upload-Command"))) {
      throw ApiError.invalid(
          "Only resumable uploads are taken: X-Goog-Upload-Protocol: resumable,"
              + " X-Goog-Upload-Command: start.");
    }
    JsonNode body = call.json();
    Call.allowOnly(body, "", Set.of("file"));
    JsonNode file = body.path("file");
    Call.allowOnly(
        file, "file", Set.of("name", "displayName", "mimeType", "sizeBytes", "uri", "state"));
    String declared = call.header("X-Goog-Upload-Header-Content-Type");
    String mimeType = Json.get(file, "mimeType").asText("");
    long length = number(call, "X-Goog-Upload-Header-Content-Length", -1);
    quotas.store(call.project(), Math.max(length, 0));
    String session = Ids.random(40);
    add(
        session,
        new UploadSession(
            call.project(),
            fileId(file.path("name").asText("")),
            displayName(file),
            !mimeType.isEmpty() ? mimeType : declared == null ? "text/plain" : declared,
            length,
            drafts.resolve(session)));
    call.reply()
        .header(
            "X-Goog-Upload-URL",
            FilesApi.baseUrl(call)
                + "/upload/v1beta/files?upload_id="
                + session
                + "&upload_protocol=resumable");
    call.reply().header("X-Goog-Upload-Status", "active");
    call.reply().empty();
  }

  private static String displayName(JsonNode file) {
    return Json.get(file, "displayName").asText("");
  }

  private String fileId(String name) {
    if (name.isEmpty()) {
      return Ids.random(12);
    }
    String id = name.startsWith("files/") ? name.substring("files/".length()) : name;
    if (!FILE_ID.matcher(id).matches()) {
      throw ApiError.invalid(
          "A file's ID has at most 40 characters, lower-case alphanumeric or dashes, and neither"
              + " begins nor ends with a dash.");
    }
    if (files.find(id).isPresent()) {
      throw ApiError.alreadyExists("File files/" + id + " already exists.");
    }
    return id;
  }

  private void carryOn(Call call, String id) throws IOException {
    UploadSession session = session(id);
    if (session == null) {
      throw ApiError.notFound("There is no such upload; start it again.");
    }
    String command = call.header("X-Goog-Upload-Command");
    Set<String> commands =
        command == null ? Set.of() : Set.of(command.replace(" ", "").split(",", 2));
    if (commands.equals(Set.of("query"))) {
      gate.pass(Point.UPLOAD_QUERY, session.names(), call, () -> query(call, session));
    } else {
      gate.pass(Point.UPLOAD_CHUNK, session.names(), call, () -> take(call, session, commands));
    }
  }

  private static void query(Call call, UploadSession session) throws IOException {
    // The status first: a file that is final by then has no more bytes to come.
    String status = session.stored() == null ? "active" : "final";
    call.reply().header("X-Goog-Upload-Size-Received", Long.toString(session.received()));
    call.reply().header("X-Goog-Upload-Status", status);
    call.reply().empty();
  }

  private void take(Call call, UploadSession session, Set<String> commands) throws IOException {
    if (!Set.of(Set.of("upload"), Set.of("upload", "finalize"), Set.of("finalize"))
        .contains(commands)) {
      throw ApiError.invalid("X-Goog-Upload-Command must be upload, finalize, both or query.");
    }
    if (commands.contains("upload") && session.stored() == null) {
      session.append(number(call, "X-Goog-Upload-Offset", 0), call.body());
    }
    if (!commands.contains("finalize")) {
      call.reply().header("X-Goog-Upload-Status", "active");
      call.reply().empty();
      return;
    }
    StoredFile file = session.finish(files, quotas);
    call.reply().header("X-Goog-Upload-Status", "final");
    ObjectNode json = Json.object();
    json.set("file", file.json(FilesApi.baseUrl(call)));
    call.reply().json(json);
  }

  private void add(String id, UploadSession session) throws IOException {
    synchronized (sessions) {
      sessions.put(id, session);
      if (sessions.size() > MOST_SESSIONS) {
        String oldest = sessions.keySet().iterator().next();
        UploadSession dropped = sessions.remove(oldest);
        if (dropped != null) {
          dropped.discard();
        }
      }
    }
  }

  private @Nullable UploadSession session(String id) {
    synchronized (sessions) {
      return sessions.get(id);
    }
  }

  private static long number(Call call, String header, long otherwise) {
    String value = call.header(header);
    try {
      return value == null ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiError.invalid(header + " must be a number.");
    }
  }
}
