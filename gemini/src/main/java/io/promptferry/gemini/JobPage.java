package io.promptferry.gemini;

import java.util.List;

/**
 * One page of a project's jobs.
 *
 * @param jobs in the provider's order; may be empty although more pages follow
 * @param next the token of the page that follows; empty after the last
 */
public record JobPage(List<RemoteJob> jobs, String next) {

  public JobPage {
    jobs = List.copyOf(jobs);
  }

  /** Whether no page follows. */
  public boolean last() {
    return next.isEmpty();
  }
}
