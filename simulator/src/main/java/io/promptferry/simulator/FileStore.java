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
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The files of all projects: content and description on disk, descriptions in memory too. */
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

  /** A file as a project sees it. */
  Optional<StoredFile> find(String project, String id) {
    return find(id).filter(file -> file.project().equals(project));
  }

  /** Whether a prompt of the project may name the file. */
  boolean usable(String project, String id) {
    return find(project, id).filter(file -> !file.expired(clock.instant())).isPresent();
  }

  boolean wasDeleted(String id) {
    StoredFile file = files.get(id);
    return file != null && file.deleted();
  }

  Collection<StoredFile> all(String project) {
    return files.values().stream()
        .filter(file -> !file.deleted() && file.project().equals(project))
        .toList();
  }

  /** What counts against the project's storage: expired files are still there, but not counted. */
  long storedBytes(String project) {
    Instant now = clock.instant();
    return all(project).stream()
        .filter(file -> !file.expired(now))
        .mapToLong(StoredFile::sizeBytes)
        .sum();
  }

  Path content(String id) {
    return contents.resolve(id);
  }

  /** Takes a draft over as an uploaded file. */
  synchronized StoredFile upload(
      String project, String id, String displayName, String mimeType, Path draft, String sha256)
      throws IOException {
    if (find(id).isPresent()) {
      throw ApiError.alreadyExists("File files/" + id + " already exists.");
    }
    return add(
        draft,
        size -> described(project, id, displayName, "", mimeType, size, sha256, null, false));
  }

  /** Takes a draft over as a job's result; a job run again after a restart replaces its own. */
  synchronized StoredFile generate(
      Job job, String id, Path draft, String sha256, Duration unreadableFor) throws IOException {
    String readableFrom =
        unreadableFor.isZero() ? null : clock.instant().plus(unreadableFor).toString();
    return add(
        draft,
        size ->
            described(
                job.project(),
                id,
                "",
                job.displayName(),
                "application/jsonl",
                size,
                sha256,
                readableFrom,
                true));
  }

  private StoredFile add(Path draft, LongFunction<StoredFile> describe) throws IOException {
    StoredFile file = describe.apply(Files.size(draft));
    Files.move(draft, content(file.id()), StandardCopyOption.REPLACE_EXISTING);
    records.save(file.id(), file);
    files.put(file.id(), file);
    return file;
  }

  private StoredFile described(
      String project,
      String id,
      String displayName,
      String origin,
      String mimeType,
      long size,
      String sha256,
      @Nullable String readableFrom,
      boolean generated) {
    Instant now = clock.instant();
    return new StoredFile(
        ++lastNumber,
        project,
        id,
        displayName,
        origin,
        mimeType,
        size,
        sha256,
        now.toString(),
        now.plus(LIFETIME).toString(),
        readableFrom,
        generated,
        false);
  }

  synchronized void delete(StoredFile file) throws IOException {
    records.save(file.id(), file.asDeleted());
    files.put(file.id(), file.asDeleted());
    Files.deleteIfExists(content(file.id()));
  }
}
