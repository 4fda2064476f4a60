package io.promptferry.local.demo.verdict;

/** What can be wrong between prompts, answers and bills; any one fails the verdict. */
public enum Fault {
  /** A prompt without an answer. */
  MISSING("missing"),
  /** An answer to a prompt that had one already. */
  DUPLICATE("duplicates"),
  /** An answer that says that there is none. */
  FAILED("failed"),
  /** An answer that is not its prompt's: by its text, its key, its topic or its coordinates. */
  MISATTRIBUTED("misattributed"),
  /** The right answer, with something lost or unfit: a header, an attribute, the JSON asked for. */
  DAMAGED("damaged"),
  /** An answer behind one to a later prompt of the same key and batch. */
  OUT_OF_ORDER("outOfOrder"),
  /** A prompt whose bill is not one request, or a bill for something else. */
  MISBILLED("misbilled"),
  /** Something the provider should never have been sent, as the simulator noted it. */
  VIOLATION("violations"),
  /** A place on a response topic that could not be read, so that nothing is known of it. */
  UNREAD("unread");

  private final String figure;

  Fault(String figure) {
    this.figure = figure;
  }

  /** The name of its count in reports. */
  public String figure() {
    return figure;
  }
}
