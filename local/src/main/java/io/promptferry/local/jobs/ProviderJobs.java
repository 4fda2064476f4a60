package io.promptferry.local.jobs;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.account.Accounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Asks the provider for the jobs of a deployment's batches. */
public final class ProviderJobs {

  /** With the usual page size a million jobs: past it something is wrong with the list. */
  private static final int MAX_PAGES = 10_000;

  private ProviderJobs() {}

  /**
   * By batch id, the jobs of its display name, from one reading of the list of each account. That a
   * job is missing from the list proves nothing, since it may move between two pages; so one that a
   * batch records and the list lacks is asked for by its name.
   *
   * @param progress told a line for each page past the first
   * @param failures told why an account could not be read; its batches are left out
   * @throws IllegalStateException when its list has no end
   */
  public static Map<String, List<RemoteJob>> of(
      List<BatchView> batches,
      String deployment,
      Accounts accounts,
      Consumer<String> progress,
      Map<String, ProviderException> failures) {
    var byDisplayName = new LinkedHashMap<String, Map<String, RemoteJob>>();
    batches.forEach(batch -> byDisplayName.put(name(deployment, batch), new LinkedHashMap<>()));
    batches.stream()
        .collect(Collectors.groupingBy(batch -> batch.batch().getLane().getAccount()))
        .forEach(
            (account, own) -> {
              try {
                BatchProvider provider = accounts.of(account);
                readAll(provider, byDisplayName, progress);
                own.forEach(batch -> ask(batch, provider, byDisplayName));
              } catch (ProviderException e) {
                failures.put(account, e);
              }
            });
    return batches.stream()
        .filter(batch -> !failures.containsKey(batch.batch().getLane().getAccount()))
        .collect(
            Collectors.toMap(
                BatchView::id,
                batch ->
                    List.copyOf(
                        byDisplayName.getOrDefault(name(deployment, batch), Map.of()).values()),
                (one, other) -> one,
                LinkedHashMap::new));
  }

  private static String name(String deployment, BatchView batch) {
    return deployment + "/" + batch.id();
  }

  private static void readAll(
      BatchProvider provider,
      Map<String, Map<String, RemoteJob>> byDisplayName,
      Consumer<String> progress) {
    String token = "";
    for (int read = 0; read < MAX_PAGES; read++) {
      if (read > 0) {
        progress.accept("reading page %d of the provider's jobs".formatted(read + 1));
      }
      JobPage page = provider.list(token);
      page.jobs().forEach(job -> keep(job, byDisplayName));
      if (page.last()) {
        return;
      }
      token = page.next();
    }
    throw new IllegalStateException(
        "the provider lists more than "
            + MAX_PAGES
            + " pages of jobs: raise gemini.list.page.size");
  }

  private static void ask(
      BatchView batch, BatchProvider provider, Map<String, Map<String, RemoteJob>> byDisplayName) {
    batch
        .jobName()
        .filter(job -> byDisplayName.values().stream().noneMatch(jobs -> jobs.containsKey(job)))
        .flatMap(provider::get)
        .ifPresent(job -> keep(job, byDisplayName));
  }

  /** Only jobs of the batches that are wanted: a project may have a million. */
  private static void keep(RemoteJob job, Map<String, Map<String, RemoteJob>> byDisplayName) {
    Map<String, RemoteJob> jobs = byDisplayName.get(job.displayName());
    if (jobs != null) {
      jobs.put(job.name(), job);
    }
  }
}
