package io.promptferry.local.jobs;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.RemoteJob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Asks the provider for the jobs of a deployment's batches. */
public final class ProviderJobs {

  private ProviderJobs() {}

  /**
   * By batch id, the jobs of its display name. Each batch costs a reading of all the provider's
   * jobs, so a caller bounds their number.
   *
   * @param progress told a line for each batch
   * @throws io.promptferry.gemini.ProviderException when the provider does not answer
   */
  public static Map<String, List<RemoteJob>> of(
      List<BatchView> batches,
      String deployment,
      BatchProvider provider,
      Consumer<String> progress) {
    var jobs = new LinkedHashMap<String, List<RemoteJob>>();
    for (BatchView batch : batches) {
      progress.accept(
          "asking the provider for %s (%d of %d)"
              .formatted(batch.id(), jobs.size() + 1, batches.size()));
      jobs.put(batch.id(), provider.find(deployment + "/" + batch.id()));
    }
    return jobs;
  }
}
