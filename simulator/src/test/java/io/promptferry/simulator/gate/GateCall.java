package io.promptferry.simulator.gate;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The requests that a client makes, as a test names them. */
public enum GateCall {
  UPLOAD_START("POST", "/upload/v1beta/files", "start", null),
  /** A chunk that is not the last. */
  UPLOAD_CHUNK("POST", "/upload/v1beta/files", "upload", null),
  /** With or without bytes: what makes a file of the upload. */
  UPLOAD_LAST_CHUNK("POST", "/upload/v1beta/files", "(upload, )?finalize", null),
  UPLOAD_QUERY("POST", "/upload/v1beta/files", "query", null),
  FILE_GET("GET", "/v1beta/files/[^/:]+", null, null),
  FILE_DELETE("DELETE", "/v1beta/files/[^/:]+", null, null),
  DOWNLOAD("GET", "/v1beta/files/[^/:]+:download", null, null),
  CREATE("POST", "/v1beta/models/[^/:]+:batchGenerateContent", null, null),
  GET("GET", "/v1beta/batches/[^/:]+", null, null),
  LIST_FIRST_PAGE("GET", "/v1beta/batches", null, false),
  LIST_LATER_PAGE("GET", "/v1beta/batches", null, true),
  CANCEL("POST", "/v1beta/batches/[^/:]+:cancel", null, null);

  private final String method;
  private final Pattern path;
  private final @Nullable Pattern command;
  private final @Nullable Boolean token;

  GateCall(String method, String path, @Nullable String command, @Nullable Boolean token) {
    this.method = method;
    this.path = Pattern.compile(path);
    this.command = command == null ? null : Pattern.compile(command);
    this.token = token;
  }

  static GateCall of(String method, String path, @Nullable String query, @Nullable String command) {
    boolean hasToken = query != null && query.contains("pageToken=");
    for (GateCall call : values()) {
      if (call.method.equals(method)
          && call.path.matcher(path).matches()
          && (call.command == null || (command != null && call.command.matcher(command).matches()))
          && (call.token == null || call.token == hasToken)) {
        return call;
      }
    }
    throw new IllegalArgumentException("no call is known as " + method + " " + path);
  }
}
