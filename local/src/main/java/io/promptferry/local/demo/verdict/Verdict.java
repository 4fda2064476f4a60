package io.promptferry.local.demo.verdict;

import java.util.List;
import java.util.Map;

/**
 * What the checker found.
 *
 * @param prompts published
 * @param answers records on the response topics, whatever they are
 * @param succeeded answers with that status
 * @param billedRequests requests on the provider's ledger, each as often as it was billed
 * @param jobs on the provider's ledger
 * @param responseTopics topics that held an answer
 * @param faults how often each was found; 0 where it was not
 * @param findings the first few of each fault, a line each
 * @param evidence what could be checked: without a ledger jobs and bills are 0
 */
public record Verdict(
    long prompts,
    long answers,
    long succeeded,
    long billedRequests,
    int jobs,
    int responseTopics,
    Map<Fault, Long> faults,
    List<String> findings,
    Evidence evidence) {

  public Verdict {
    faults = Map.copyOf(faults);
    findings = List.copyOf(findings);
  }

  public long count(Fault fault) {
    return faults.getOrDefault(fault, 0L);
  }

  /**
   * Whether each prompt has exactly one right answer and one bill, or as much of that as can be
   * seen.
   */
  public boolean passed() {
    return faults.values().stream().allMatch(count -> count == 0)
        && answers == prompts
        && succeeded == prompts
        && (evidence == Evidence.ANSWERS_ALONE || billedRequests == prompts);
  }
}
