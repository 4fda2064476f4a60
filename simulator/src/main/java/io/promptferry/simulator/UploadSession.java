package io.promptferry.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One resumable upload. What arrived before a connection broke stays, and the caller goes on from
 * there after asking how much it is.
 */
final class UploadSession {
  private static final long LONGEST = 2L << 30;

  private final String project;
  private final String fileId;
  private final String displayName;
  private final String mimeType;
  private final long declaredLength;
  private final Path draft;
  private final MessageDigest digest = PromptDigest.sha256();
  // Read without the lock: a caller may ask how much arrived while a dead connection holds it.
  private volatile long received;
  private volatile @Nullable StoredFile stored;

  /**
   * @param declaredLength how long the file is going to be; -1 if the caller did not say
   */
  UploadSession(
      String project,
      String fileId,
      String displayName,
      String mimeType,
      long declaredLength,
      Path draft) {
    this.project = project;
    this.fileId = fileId;
    this.displayName = displayName;
    this.mimeType = mimeType;
    this.declaredLength = declaredLength;
    this.draft = draft;
  }

  long received() {
    return received;
  }

  /** What a fault may ask for. */
  String names() {
    return "files/" + fileId + " " + displayName;
  }

  /** The file, once the upload is final. */
  @Nullable StoredFile stored() {
    return stored;
  }

  synchronized void append(long offset, InputStream body) throws IOException {
    if (stored != null) {
      throw ApiError.invalid("The upload is already final.");
    }
    if (offset != received) {
      throw ApiError.invalid(
          "Upload offset " + offset + " does not match the " + received + " bytes received.");
    }
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out =
        Files.newOutputStream(draft, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        if (received + n > LONGEST) {
          throw ApiError.invalid("A file may have at most 2 GiB.");
        }
        out.write(buffer, 0, n);
        digest.update(buffer, 0, n);
        received += n;
      }
    }
  }

  /** Ends the upload; asked a second time, it gives the same file. */
  synchronized StoredFile finish(FileStore files, QuotaGate quotas) throws IOException {
    StoredFile file = stored;
    if (file == null) {
      if (declaredLength >= 0 && declaredLength != received) {
        throw ApiError.invalid(
            "The upload was declared as " + declaredLength + " bytes and has " + received + ".");
      }
      quotas.store(project, received);
      String sha256 = Base64.getEncoder().encodeToString(digest.digest());
      file = files.upload(project, fileId, displayName, mimeType, draft, sha256);
      stored = file;
    }
    return file;
  }

  synchronized void discard() throws IOException {
    Files.deleteIfExists(draft);
  }
}
