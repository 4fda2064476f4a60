package io.promptferry.batcher.sweep;

import io.promptferry.batcher.InputFileNames;
import io.promptferry.batcher.sweep.SweepMetrics.Owner;
import io.promptferry.batcher.sweep.SweepMetrics.Use;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.FilePage;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.ListedFile;
import io.promptferry.gemini.ProviderException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the storage of one account, tells what is in use, and deletes the input files that
 * were left behind. One round a run; a round that fails leaves what it has not reached to the next.
 *
 * <p>A file is deleted only where all of this holds: its name is one that this deployment makes; it
 * is older than an upload takes; and no open job and no intent names it in the topics, which are
 * read after the list of files, so that whatever began before the list was made is seen.
 *
 * <p>One case is left, and is harmless: a submitter that was paused between its upload and its
 * intent for longer than the age. Its file is gone when it goes on; its create then fails with 404,
 * which is certainly not done, and it uploads again.
 */
final class Sweep implements Runnable {

  /** Where the topics tell who may want a file. */
  interface Jobs {

    /**
     * What the jobs want that were recorded then or later.
     *
     * @throws RuntimeException when the topics cannot be read to their ends
     */
    WantedFiles since(Instant from);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  /** 100,000 files with the usual page size, far more than 20 GB of batches are. */
  private static final int MAX_PAGES = 1_000;

  /**
   * An intent is recorded after its file was made, but by another clock: the topics are read from
   * so much before.
   */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private final String account;
  private final Supplier<BatchProvider> provider;
  private final InputFileNames names;
  private final Jobs jobs;
  private final SweepSettings settings;
  private final SweepMetrics metrics;
  private final Clock clock;
  private String lastSaid = "";

  Sweep(
      String account,
      Supplier<BatchProvider> provider,
      InputFileNames names,
      Jobs jobs,
      SweepSettings settings,
      SweepMetrics metrics,
      Clock clock) {
    this.account = account;
    this.provider = provider;
    this.names = names;
    this.jobs = jobs;
    this.settings = settings;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      List<ListedFile> old = list();
      if (!old.isEmpty()) {
        old.sort(Comparator.comparing(Sweep::created));
        delete(old, jobs.since(created(old.get(0)).minus(CLOCKS_DIFFER)));
      }
      lastSaid = "";
    } catch (ProviderException e) {
      say(e.kind() + ": " + e.getMessage());
    } catch (RuntimeException e) {
      say(e.toString());
      LOG.debug("the sweep failed", e);
    }
  }

  /** Tells the metrics what there is; gives those that name and age make out as left behind. */
  private List<ListedFile> list() {
    Instant bornBefore = clock.instant().minus(settings.age());
    List<ListedFile> old = new ArrayList<>();
    Use ours = Use.NONE;
    Use others = Use.NONE;
    String token = "";
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      FilePage page = provider.get().files(token);
      for (ListedFile file : page.files()) {
        if (names.made(file.name())) {
          ours = ours.plus(file.sizeBytes());
          if (created(file).isBefore(bornBefore)) {
            old.add(file);
          }
        } else {
          others = others.plus(file.sizeBytes());
        }
      }
      if (page.last()) {
        metrics.stored(Owner.ours, ours);
        metrics.stored(Owner.others, others);
        return old;
      }
      token = page.next();
    }
    throw new IllegalStateException(
        "the list of files has more than %d pages: raise %s, or delete files that nobody needs"
            .formatted(MAX_PAGES, GeminiSettings.LIST_PAGE_SIZE));
  }

  /** One of unknown age counts as new: it stays. */
  private static Instant created(ListedFile file) {
    return Objects.requireNonNullElse(file.created(), Instant.MAX);
  }

  private void delete(List<ListedFile> old, WantedFiles wanted) {
    List<ListedFile> left =
        old.stream()
            .filter(file -> !wanted.contains(file.name()))
            .limit(settings.deletesMax())
            .toList();
    for (ListedFile file : left) {
      if (provider.get().discard(file.name())) {
        metrics.deleted();
        LOG.info(
            "account {}: deleted {} of {}, {} bytes, which was left behind",
            account,
            file.name(),
            file.created(),
            file.sizeBytes());
      } else {
        LOG.debug("{} cannot be deleted, and stays until it expires", file.name());
      }
    }
  }

  /** A key that is refused is refused each time: once is enough. */
  private void say(String failure) {
    if (failure.equals(lastSaid)) {
      LOG.debug("account {}: the sweep failed again: {}", account, failure);
      return;
    }
    lastSaid = failure;
    LOG.warn(
        "account {}: the sweep for files that were left behind did not end and is tried again in {}: {}",
        account,
        settings.interval(),
        failure);
  }
}
