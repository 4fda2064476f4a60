package io.promptferry.poller;

import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.RemoteJob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the jobs of an account that are due, in few calls. Where they stand on the list is
 * learnt by reading it: a job is expected on the page where it was last, and one that was not on
 * the pages read, on the next. So a list that does not show our jobs is tried once and then left
 * alone, at the cost of as many pages as there were jobs to look at.
 */
final class Lookup {

  private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

  private final String account;
  private final Calls calls;
  private final Watcher watcher;
  private final PollSettings settings;
  private final Clock clock;
  private Instant quietUntil = Instant.MIN;
  private Instant noListUntil = Instant.MIN;
  private boolean keyRefused;

  Lookup(String account, Calls calls, Watcher watcher, PollSettings settings, Clock clock) {
    this.account = account;
    this.calls = calls;
    this.watcher = watcher;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Looks at what is due, and on the list also at what will be soon. The job that has been due the
   * longest comes first: where a round has not time for all, none waits for ever behind those that
   * come due again meanwhile.
   *
   * @param end when no further call is begun
   */
  @SuppressWarnings("try") // A scope does its work by being open.
  void round(Collection<WatchedJob> open, Instant end) throws InterruptedException {
    Instant start = clock.instant();
    List<WatchedJob> due =
        open.stream()
            .filter(job -> job.isDue(start))
            .sorted(Comparator.comparing(WatchedJob::due))
            .toList();
    if (due.isEmpty() || start.isBefore(quietUntil)) {
      return;
    }
    if (!start.isBefore(noListUntil)) {
      list(open, start, end);
    }
    for (WatchedJob job : due) {
      Instant now = clock.instant();
      if (!now.isBefore(end) || now.isBefore(quietUntil)) {
        return;
      }
      if (!job.hasEnded() && job.isDue(now)) {
        try (var scope = job.scope()) {
          ask(job);
        }
      }
    }
  }

  private void list(Collection<WatchedJob> open, Instant start, Instant end)
      throws InterruptedException {
    Map<String, WatchedJob> byName = new HashMap<>();
    open.forEach(job -> byName.put(job.name(), job));
    Set<WatchedJob> wanted = new LinkedHashSet<>();
    open.stream().filter(job -> job.isSoon(start)).forEach(wanted::add);
    int budget = wanted.size();
    String token = "";
    for (int read = 1; read <= budget && pays(read - 1, wanted); read++) {
      if (!clock.instant().isBefore(end)) {
        return;
      }
      JobPage page;
      try {
        page = calls.list(token);
        keyIsGood();
      } catch (ProviderException e) {
        if (!e.keyIsWrong()) {
          LOG.warn("cannot list the jobs, asking for each instead: {}", e.getMessage());
        }
        noListUntil = clock.instant().plus(settings.longest());
        hush(e);
        return;
      }
      List<RemoteJob> ours =
          page.jobs().stream().filter(remote -> byName.containsKey(remote.name())).toList();
      for (RemoteJob remote : ours) {
        WatchedJob job = byName.remove(remote.name());
        if (job != null) { // Else the list shows it twice.
          job.seenOn(read);
          job.lookedAtWith(ours.size());
          wanted.remove(job);
          shownOnList(job, remote);
        }
      }
      for (WatchedJob job : wanted) {
        job.notWithin(read);
      }
      if (page.last()) {
        return;
      }
      token = page.next();
    }
  }

  private static boolean pays(int read, Collection<WatchedJob> wanted) {
    return ListPlan.pays(read, wanted.stream().map(WatchedJob::page).toList());
  }

  /** A list may show less of a job than the job itself does. */
  @SuppressWarnings("try") // A scope does its work by being open.
  private void shownOnList(WatchedJob job, RemoteJob remote) throws InterruptedException {
    if (Observation.lacksResults(remote)) {
      job.doNow(clock.instant());
    } else {
      try (var scope = job.scope()) {
        watcher.shown(job, remote);
      }
    }
  }

  private void ask(WatchedJob job) throws InterruptedException {
    job.lookedAtWith(1);
    try {
      Optional<RemoteJob> remote = calls.get(job.name());
      keyIsGood();
      if (remote.isPresent()) {
        watcher.shown(job, remote.get());
      } else {
        watcher.absent(job, () -> othersAreListed(job));
      }
    } catch (ProviderException e) {
      if (!e.keyIsWrong()) {
        LOG.warn("cannot learn the state of {} ({}): {}", job.name(), e.kind(), e.getMessage());
      }
      hush(e);
      watcher.outOfReach(job);
    }
  }

  /** Whether the list can be read with this key, and does not show the job after all. */
  private boolean othersAreListed(WatchedJob job) {
    try {
      return calls.list("").jobs().stream().noneMatch(other -> other.name().equals(job.name()));
    } catch (ProviderException e) {
      hush(e);
      return false;
    }
  }

  private void keyIsGood() {
    if (keyRefused) {
      keyRefused = false;
      LOG.info("account {}: its jobs are watched again", account);
    }
  }

  /** What concerns all calls, the key or the rate, is not tried with every job, nor told again. */
  private void hush(ProviderException e) {
    if (e.keyIsWrong() && !keyRefused) {
      keyRefused = true;
      LOG.error(
          "account {}: its jobs cannot be watched until its key is mended: {}",
          account,
          e.getMessage());
    }
    if (e.kind() == Kind.BUSY || e.keyIsWrong()) {
      Duration asked = e.retryAfter().orElse(settings.first());
      Duration pause = asked.compareTo(settings.longest()) > 0 ? settings.longest() : asked;
      quietUntil = clock.instant().plus(pause);
    }
  }
}
