package io.promptferry.gemini;

import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads files, beginning again at once where one breaks off. Waiting is the caller's: what the
 * API asks to wait for is not tried again here.
 */
final class Uploads {

  private static final Logger log = LoggerFactory.getLogger(Uploads.class);
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  private final GeminiHttp http;
  private final RemoteFiles files;
  private final GeminiSettings settings;

  Uploads(GeminiHttp http, RemoteFiles files, GeminiSettings settings) {
    this.http = http;
    this.files = files;
    this.settings = settings;
  }

  RemoteFile upload(Path path, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not a file id (at most 40 lower-case letters, digits and inner dashes): " + name);
    }
    try (FileChannel file = FileChannel.open(path)) {
      if (file.size() == 0) {
        throw new IllegalArgumentException("nothing to upload, the file is empty: " + path);
      }
      return upload(file, file.size(), name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private RemoteFile upload(FileChannel file, long size, String name) {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(file, size, name);
      } catch (ProviderException e) {
        if (e.kind() != Kind.UNKNOWN
            || attempt >= settings.uploadAttempts()
            || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        log.info("upload of files/{} is begun again: {}", name, e.getMessage());
      }
    }
  }

  private RemoteFile attempt(FileChannel file, long size, String name) {
    ResumableUpload upload =
        ResumableUpload.start(http, settings.transferTimeout(), file, size, name);
    try {
      @Nullable RemoteFile arrived = null;
      while (arrived == null) {
        arrived = upload.sendNext(settings.uploadChunkBytes());
      }
      return checked(arrived, size);
    } catch (ProviderException e) {
      // Where only the reply to the last chunk is missing, the file is there and its name taken.
      if (e.kind() == Kind.UNKNOWN && upload.finalising()) {
        return landed(name, e).map(there -> checked(there, size)).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  private Optional<RemoteFile> landed(String name, ProviderException doubt) {
    try {
      return files.get("files/" + name);
    } catch (ProviderException e) {
      doubt.addSuppressed(e);
      return Optional.empty();
    }
  }

  private static RemoteFile checked(RemoteFile file, long size) {
    if (file.sizeBytes() != size) {
      throw ProviderException.unknown(
          file.name() + " arrived with " + file.sizeBytes() + " of " + size + " bytes", null);
    }
    return file;
  }
}
