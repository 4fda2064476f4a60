package io.promptferry.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.gemini.ProviderException.Kind;
import java.nio.channels.FileChannel;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One upload by Google's resumable protocol: a start, then chunks at offsets, the last one of which
 * finalises; after a failure a query tells where to go on. By the wire and not through the SDK,
 * which cannot upload an exact multiple of 8 MiB nor anything past 2 GiB.
 */
final class ResumableUpload {

  /** What a query tells of an upload. */
  enum State {
    /** It goes on at the {@link #offset()}. */
    ACTIVE,
    /** The last chunk arrived, and it is a file now. */
    FINAL,
    /** The API does not know it any more: it must be started anew. */
    GONE
  }

  private static final String COMMAND = "X-Goog-Upload-Command";
  private static final MediaType JSON = MediaType.get("application/json");

  private final GeminiHttp http;
  private final Duration timeout;
  private final HttpUrl session;
  private final FileChannel file;
  private final long size;
  private long offset;
  private boolean finalising;

  private ResumableUpload(
      GeminiHttp http, Duration timeout, HttpUrl session, FileChannel file, long size) {
    this.http = http;
    this.timeout = timeout;
    this.session = session;
    this.file = file;
    this.size = size;
  }

  static ResumableUpload start(
      GeminiHttp http, Duration timeout, FileChannel file, long size, String name) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    String metadata =
        json.objectNode()
            .<ObjectNode>set(
                "file",
                json.objectNode()
                    .put("name", "files/" + name)
                    .put("displayName", name)
                    .put("mimeType", "application/jsonl"))
            .toString();
    Request request =
        http.request(http.uploads())
            .header("X-Goog-Upload-Protocol", "resumable")
            .header(COMMAND, "start")
            .header("X-Goog-Upload-Header-Content-Length", Long.toString(size))
            .header("X-Goog-Upload-Header-Content-Type", "application/jsonl")
            .post(RequestBody.create(metadata, JSON))
            .build();
    try (Response response = http.post(request, timeout)) {
      String url = response.header("X-Goog-Upload-URL");
      HttpUrl session = url == null ? null : response.request().url().resolve(url);
      if (session == null) {
        throw ProviderException.unknown("upload of " + name + ": no X-Goog-Upload-URL came", null);
      }
      return new ResumableUpload(http, timeout, http.onBase(session), file, size);
    }
  }

  /** Sends the next chunk; the file as it arrived after the last one, null before. */
  @Nullable RemoteFile sendNext(int chunkBytes) {
    long length = Math.min(chunkBytes, size - offset);
    finalising = offset + length == size;
    // No byte is left where only the reply to the last chunk was lost, and the end of it.
    String last = length == 0 ? "finalize" : "upload, finalize";
    Request request =
        http.request(session)
            .header(COMMAND, finalising ? last : "upload")
            .header("X-Goog-Upload-Offset", Long.toString(offset))
            .post(new FileSlice(file, offset, length))
            .build();
    try (Response response = http.post(request, timeout)) {
      offset += length;
      return finalising ? arrived(response) : goOn(response);
    }
  }

  /** Asks how much has arrived, to go on from there. */
  State query() {
    Request request =
        http.request(session)
            .header(COMMAND, "query")
            .post(RequestBody.create(new byte[0]))
            .build();
    try (Response response = http.post(request, timeout)) {
      return state(response);
    } catch (ProviderException e) {
      // If it was refused for another reason, the next start will be too, and says so.
      if (e.kind() == Kind.REFUSED || e.kind() == Kind.NOT_FOUND) {
        return State.GONE;
      }
      throw e;
    }
  }

  private State state(Response response) {
    String status = response.header("X-Goog-Upload-Status", "");
    String received = response.header("X-Goog-Upload-Size-Received", "");
    if (status.equals("final")) {
      return State.FINAL;
    }
    if (!status.equals("active") || !received.matches("[0-9]{1,18}")) {
      return State.GONE;
    }
    offset = Long.parseLong(received);
    return offset <= size ? State.ACTIVE : State.GONE;
  }

  /** How many bytes are known to have arrived. */
  long offset() {
    return offset;
  }

  /** Whether the last chunk was sent, after which the file may be there although no reply came. */
  boolean finalising() {
    return finalising;
  }

  private @Nullable RemoteFile goOn(Response response) {
    String status = response.header("X-Goog-Upload-Status", "active");
    if (!status.equals("active")) {
      throw ProviderException.unknown("upload was ended early with status " + status, null);
    }
    return null;
  }

  /** A taken name was seen to be told here, as an error in the body of the last reply. */
  private RemoteFile arrived(Response response) {
    JsonNode reply = http.parse(response, JsonNode.class);
    if (reply.has("error")) {
      throw http.failure(ErrorReply.of(response, reply.toString()));
    }
    return RemoteFiles.read(reply.path("file"));
  }
}
