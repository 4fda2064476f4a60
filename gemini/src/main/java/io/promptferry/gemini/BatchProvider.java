package io.promptferry.gemini;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the services need of a batch provider. Safe for use by several threads.
 *
 * <p>Every call throws {@link ProviderException}, of kind {@code BUSY}, {@code REFUSED} or {@code
 * UNKNOWN} at any time; each method names where {@code NOT_FOUND} may come, and what is special.
 * Every call ends within the configured time-outs. A local disk that cannot be read or written is a
 * {@link java.io.UncheckedIOException}, a name that is not well-formed an {@link
 * IllegalArgumentException}.
 */
public interface BatchProvider extends AutoCloseable {

  /**
   * Puts a file into the provider's storage, streamed from disk, its size checked on arrival. Costs
   * nothing and starts nothing, so it is harmless to repeat, and a broken upload is started again a
   * bounded number of times.
   *
   * <p>Names are taken once: one that is in use is {@code REFUSED} with code 409 and leaves the
   * other file alone. An upload that broke off may hold its name as well, so after a failure the
   * next call uses another name.
   *
   * @param file must not change meanwhile; an empty one is an {@link IllegalArgumentException}
   * @param name the id wanted, at most 40 lower-case letters, digits and dashes, none at the ends
   * @return the file, named {@code files/<name>}
   */
  RemoteFile upload(Path file, String name);

  /**
   * Creates a job, in exactly one HTTP request whatever happens. <b>Not idempotent</b>: two calls
   * are two jobs and two bills. After {@code UNKNOWN} the job may exist: {@link #find} tells.
   *
   * @param model with or without {@code models/} before it
   * @param fileName the input, {@code files/…}
   * @throws ProviderException {@code NOT_FOUND} where the model or the input file does not exist
   */
  RemoteJob create(String model, String fileName, String displayName);

  /**
   * All jobs with exactly this display name. Reads every page of all jobs, and fails where one
   * cannot be read, so an empty list is an absence that may be believed as of the time of asking. A
   * read; may be repeated.
   */
  List<RemoteJob> find(String displayName);

  /**
   * One page of all jobs of the key's project, in one call; newest first, as far as is known. For
   * looking at many jobs at once. A job that is missing proves nothing: it may stand on another
   * page, or move between two; ask {@link #get} before concluding. A read; may be repeated.
   *
   * @param pageToken {@link JobPage#next} of the page before, empty for the first page
   */
  JobPage list(String pageToken);

  /**
   * The job of that name, {@code batches/…}; empty where the provider knows none (404). A read; may
   * be repeated.
   */
  Optional<RemoteJob> get(String jobName);

  /**
   * Streams a remote file to disk, first to a temporary file beside the target ({@code
   * <target>.*.part}, removed on failure, left behind by a killed process and never used again),
   * then renamed in one step: a target is whole or not there. Replaces an existing target. A
   * download that breaks off goes on where it broke, or begins again where the provider does not
   * grant that, a bounded number of times without getting further. A read; may be repeated. An
   * interrupt ends it, within a call's time-out where the provider is silent.
   *
   * @param space asked before disk is taken; what it throws is the end of the download and comes to
   *     the caller as it is
   * @throws ProviderException {@code NOT_FOUND} where there is no such file; {@code UNKNOWN} where
   *     it breaks off too often or is not as long as announced
   */
  void download(String fileName, Path target, DiskSpace space);

  /** The same with all the disk there is. */
  default void download(String fileName, Path target) {
    download(fileName, target, bytes -> {});
  }

  /**
   * Asks for a job to be stopped; the job ends some time later, and may still succeed. Idempotent:
   * a job that has ended already, or is being cancelled, is fine.
   *
   * @throws ProviderException {@code NOT_FOUND} where there is no such job
   */
  void cancel(String jobName);

  /**
   * Deletes a remote file. Idempotent: an absent one is fine, and so is one that the provider
   * refuses to delete (400, seen with result files; they expire by themselves).
   *
   * @return whether the file is gone. False means that the provider refused: whoever deletes a file
   *     to keep others from using it must look.
   */
  boolean discard(String fileName);

  /**
   * One page of the files in the storage of the key's project, in one call, whoever put them there;
   * result files among them. What is uploaded or deleted while pages are read may be missing or
   * still be listed: a listed file need not exist any more, and one that is missing proves nothing.
   * A read; may be repeated.
   *
   * @param pageToken {@link FilePage#next} of the page before, empty for the first page
   */
  FilePage files(String pageToken);

  /**
   * What tells the key from others, and is no secret: the beginning of a hash of it. Of two jobs
   * that were made with the same key, who sees one would see the other. Asks nobody, and never
   * fails.
   */
  String keyId();

  /**
   * Breaks off the calls under way; they and all later ones fail as {@code UNKNOWN}. Idempotent.
   */
  @Override
  void close();
}
