package io.promptferry.local.demo.verdict;

import java.util.List;

/**
 * What the provider did and billed.
 *
 * @param jobs how many were created
 * @param bills requests billed
 * @param violations what a client should never have done, a line each
 */
public record Ledger(int jobs, List<Bill> bills, List<String> violations) {

  /** Where the provider shows none. */
  public static final Ledger NONE = new Ledger(0, List.of(), List.of());

  /**
   * A request that was billed.
   *
   * @param displayName of the job, or the jobs, that it was billed under
   * @param key of the line in the input file
   * @param times how often
   */
  public record Bill(String displayName, String key, long times) {}

  public Ledger {
    bills = List.copyOf(bills);
    violations = List.copyOf(violations);
  }
}
