package io.promptferry.local.demo.verdict;

/** What the provider gives to judge by. */
public enum Evidence {
  /** The simulator's answers carry a digest of their prompts, and its ledger holds every bill. */
  DIGESTS_AND_LEDGER,
  /** Gemini's answers and nothing else: neither whose text it is nor what was billed shows. */
  ANSWERS_ALONE
}
