package io.promptferry.collector.retry;

/** What is done about an outcome that is no good answer. */
public enum Treatment {
  /** What came is answered SUCCEEDED all the same. */
  ANSWER,
  /** It is sent again, to the limit; then it is answered FAILED. */
  RETRY,
  /** It is answered FAILED at once. */
  FAIL
}
