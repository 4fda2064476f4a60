package io.promptferry.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The files of the one project: content and description on disk, descriptions in memory too. */
final class FileStore {
  private static final Duration LIFETIME = Duration.ofDays(2);

  private final Path contents;
  private final RecordFolder<StoredFile> records;
  private final Map<String, StoredFile> files = new ConcurrentHashMap<>();
  private final Clock clock;
  private long lastNumber;

  FileStore(Path folder, Clock clock) throws IOException {
    this.contents = Files.createDirectories(folder.resolve("content"));
    this.records = new RecordFolder<>(folder, StoredFile.class);
    this.clock = clock;
    for (StoredFile file : records.load()) {
      files.put(file.id(), file);
      lastNumber = Math.max(lastNumber, file.number());
    }
  }

  Optional<StoredFile> find(String id) {
    return Optional.ofNullable(files.get(id)).filter(file -> !file.deleted());
  }

  boolean wasDeleted(String id) {
    StoredFile file = files.get(id);
    return file != null && file.deleted();
  }

  Collection<StoredFile> all() {
    return files.values().stream().filter(file -> !file.deleted()).toList();
  }

  Path content(String id) {
    return contents.resolve(id);
  }

  /** Takes a draft over as an uploaded file. */
  synchronized StoredFile upload(
      String id, String displayName, String mimeType, Path draft, String sha256)
      throws IOException {
    if (find(id).isPresent()) {
      throw ApiError.alreadyExists("File files/" + id + " already exists.");
    }
    return add(id, displayName, mimeType, draft, sha256, false);
  }

  /** Takes a draft over as a job's result; a job run again after a restart replaces its own. */
  synchronized StoredFile generate(String id, Path draft, String sha256) throws IOException {
    return add(id, "", "application/jsonl", draft, sha256, true);
  }

  private StoredFile add(
      String id, String displayName, String mimeType, Path draft, String sha256, boolean generated)
      throws IOException {
    long size = Files.size(draft);
    Files.move(draft, content(id), StandardCopyOption.REPLACE_EXISTING);
    Instant now = clock.instant();
    StoredFile file =
        new StoredFile(
            ++lastNumber,
            id,
            displayName,
            mimeType,
            size,
            sha256,
            now.toString(),
            now.plus(LIFETIME).toString(),
            generated,
            false);
    records.save(id, file);
    files.put(id, file);
    return file;
  }

  synchronized void delete(StoredFile file) throws IOException {
    records.save(file.id(), file.asDeleted());
    files.put(file.id(), file.asDeleted());
    Files.deleteIfExists(content(file.id()));
  }
}
