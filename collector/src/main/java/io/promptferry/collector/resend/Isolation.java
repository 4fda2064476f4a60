package io.promptferry.collector.resend;

import io.promptferry.collector.result.Outcome;
import io.promptferry.schemas.ErrorReason;

/**
 * How a batch is divided that the provider rejected as a whole. Where the provider names a line,
 * that prompt is to blame and the others go together once more; else the batch is divided by
 * sixteen, and its parts again, until the prompt to blame stands alone. A job may take hours, so
 * few levels matter more than few jobs.
 *
 * <p>A rejected job has answered nothing and is not billed, so these sendings do not count as
 * attempts.
 */
public final class Isolation {

  public static final String MAX_JOBS = "isolation.max.jobs";

  static final int PARTS = 16;

  private final Rejection rejection;
  private final long lines;
  private final long blamed;
  private final int parts;

  private Isolation(Rejection rejection, long lines, long blamed, int parts) {
    this.rejection = rejection;
    this.lines = lines;
    this.blamed = blamed;
    this.parts = parts;
  }

  /**
   * Divides a batch.
   *
   * @param lines of the input file
   * @param complete whether the log still holds a prompt for each of them: else a line's number
   *     tells nothing
   * @param budget how many more jobs there may be for the batch's root; where it was divided in an
   *     earlier life, into how many
   */
  public static Isolation of(Rejection rejection, long lines, boolean complete, int budget) {
    if (lines == 1) {
      return new Isolation(rejection, lines, 1, 0);
    }
    long line = complete ? rejection.line().orElse(0) : 0;
    boolean named = line >= 1 && line <= lines;
    int parts = named ? 1 : (int) Math.min(PARTS, lines);
    return new Isolation(rejection, lines, named ? line : 0, parts <= budget ? parts : 0);
  }

  /** Into how many batches it is divided. */
  public int parts() {
    return parts;
  }

  /** What becomes of the prompt of a line, the lines counted from 1. */
  public Outcome of(long line) {
    if (line == blamed) {
      return new Outcome.Failed(
          ErrorReason.JOB_INVALID,
          rejection.code(),
          "the provider rejects a whole job for this prompt: " + rejection.message());
    }
    if (parts == 0) {
      return new Outcome.Failed(
          ErrorReason.NOT_ISOLATED,
          rejection.code(),
          "a job with this prompt among others was rejected, and no more than %s jobs are spent on finding out which: %s"
              .formatted(MAX_JOBS, rejection.message()));
    }
    long others = blamed == 0 ? lines : lines - 1;
    long index = line - 1 - (blamed != 0 && line > blamed ? 1 : 0);
    int part = part(index, others);
    boolean last = index == others - 1 || part(index + 1, others) != part;
    return new Outcome.Parted(part, last, rejection.code());
  }

  /** Parts of as equal a size as may be, in the order of the lines. */
  private int part(long index, long others) {
    return (int) (index * parts / others);
  }
}
