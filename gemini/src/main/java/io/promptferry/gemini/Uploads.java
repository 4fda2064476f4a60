package io.promptferry.gemini;

import io.promptferry.gemini.ResumableUpload.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads files. One that breaks off goes on at once with what the API says has not arrived, and
 * begins again only where the API knows nothing of it any more. Waiting is the caller's: what the
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
    var breaks = new Breaks(settings.transferAttempts());
    RemoteFile arrived = null;
    while (arrived == null) {
      arrived = carry(start(file, size, name, breaks), name, breaks);
    }
    return checked(arrived, size);
  }

  private ResumableUpload start(FileChannel file, long size, String name, Breaks breaks) {
    while (true) {
      try {
        return ResumableUpload.start(http, settings.transferTimeout(), file, size, name);
      } catch (ProviderException e) {
        breaks.count(e, 0);
      }
    }
  }

  /** The file as it arrived; null where the API knows nothing of the upload any more. */
  private @Nullable RemoteFile carry(ResumableUpload upload, String name, Breaks breaks) {
    while (true) {
      try {
        RemoteFile arrived = upload.sendNext(settings.uploadChunkBytes());
        if (arrived != null) {
          return arrived;
        }
      } catch (ProviderException e) {
        breaks.count(e, upload.offset());
        if (ask(upload, breaks) != State.ACTIVE) {
          log.info("upload of files/{} ended without a reply: {}", name, e.getMessage());
          return upload.finalising() ? landed(upload, name, breaks) : null;
        }
        log.info("upload of files/{} goes on at {}: {}", name, upload.offset(), e.getMessage());
      }
    }
  }

  private static State ask(ResumableUpload upload, Breaks breaks) {
    while (true) {
      try {
        return upload.query();
      } catch (ProviderException e) {
        breaks.count(e, upload.offset());
      }
    }
  }

  /** Where only the reply to the last chunk is missing, the file is there and its name taken. */
  private @Nullable RemoteFile landed(ResumableUpload upload, String name, Breaks breaks) {
    while (true) {
      try {
        return files.get("files/" + name).orElse(null);
      } catch (ProviderException e) {
        breaks.count(e, upload.offset());
      }
    }
  }

  private static RemoteFile checked(RemoteFile file, long size) {
    if (file.sizeBytes() != size) {
      // Its name is taken by now, so that only the caller, with another name, can begin again.
      throw ProviderException.unknown(
          file.name() + " arrived with " + file.sizeBytes() + " of " + size + " bytes", null);
    }
    return file;
  }
}
