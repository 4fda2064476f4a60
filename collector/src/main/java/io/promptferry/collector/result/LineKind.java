package io.promptferry.collector.result;

/** What a line of a result file is to the index. Each line but a blank one is of one kind. */
public enum LineKind {
  /**
   * The first line of a prompt, for which it stands. It is not read further than its key: what is
   * wrong behind that shows when the prompt's turn comes.
   */
  GOOD,
  /** A further line of a prompt; the first one counts, whatever it holds. */
  DOUBLED,
  /** Its key is that of no prompt of the batch, or it has none. */
  UNKNOWN,
  /** Not JSON as far as its key would be; its prompt, if it had one, has no line. */
  GARBLED,
  /** The first line of a prompt and longer than a line may be; the prompt has no answer by it. */
  TOO_LONG,
  /**
   * The last line, which has no newline and is not whole: the file was cut. It stands for its
   * prompt where its key can be read, unless an earlier one does.
   */
  TRUNCATED
}
