package io.promptferry.gemini;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The batches of the Gemini API as a {@link BatchProvider}. Jobs are created through the Google
 * GenAI SDK; files, and everything read, go over the wire with the same HTTP client, because the
 * SDK loses or buffers too much there.
 */
public final class GeminiProvider implements BatchProvider {

  private static final int KEY_ID_BYTES = 6;

  private final GeminiHttp http;
  private final String keyId;
  private final SdkJobs sdk;
  private final Jobs jobs;
  private final RemoteFiles files;
  private final Uploads uploads;
  private final Download download;

  /** Opens no connection; a wrong key or address shows at the first call. */
  public GeminiProvider(GeminiSettings settings) {
    this.http = new GeminiHttp(settings);
    this.keyId = keyId(settings.trimmedKey());
    this.sdk = new SdkJobs(settings, http);
    this.jobs = new Jobs(http, settings.listPageSize());
    this.files = new RemoteFiles(http, settings.listPageSize());
    this.uploads = new Uploads(http, files, settings);
    this.download = new Download(http, settings.transferTimeout(), settings.transferAttempts());
  }

  @Override
  public RemoteFile upload(Path file, String name) {
    return uploads.upload(file, name);
  }

  @Override
  public RemoteJob create(String model, String fileName, String displayName) {
    return sdk.create(model, fileName, displayName);
  }

  @Override
  public List<RemoteJob> find(String displayName) {
    return jobs.find(displayName);
  }

  @Override
  public JobPage list(String pageToken) {
    return jobs.list(pageToken);
  }

  @Override
  public Optional<RemoteJob> get(String jobName) {
    return jobs.get(jobName);
  }

  @Override
  public void download(String fileName, Path target, DiskSpace space) {
    download.fetch(fileName, target, space);
  }

  @Override
  public void cancel(String jobName) {
    jobs.cancel(jobName);
  }

  @Override
  public boolean discard(String fileName) {
    return files.discard(fileName);
  }

  @Override
  public FilePage files(String pageToken) {
    return files.list(pageToken);
  }

  @Override
  public String keyId() {
    return keyId;
  }

  private static String keyId(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, KEY_ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() {
    http.close();
    sdk.close();
  }
}
