package io.promptferry.gemini;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job as the provider shows it.
 *
 * @param name the provider's resource name, {@code batches/…}
 * @param displayName the name given on creation; empty where there is none
 * @param model the model without {@code models/} before it; empty where it is not told
 * @param state the state without prefix, {@code "SUCCEEDED"}, {@code "RUNNING"}; one that is not
 *     known stays as it came, and {@code "UNSPECIFIED"} stands for none
 * @param inputFile the file the job reads, {@code files/…}; null for a job with inline requests
 * @param resultFile the file with the answers, {@code files/…}; null as long as there is none
 * @param stats null where the provider tells none, which is usual for young jobs
 * @param error null unless the job as a whole has failed
 * @param created null where it is not told
 * @param ended null while the job is under way
 * @param done the operation's own word that it is over; absent on the wire while it runs
 */
public record RemoteJob(
    String name,
    String displayName,
    String model,
    String state,
    @Nullable String inputFile,
    @Nullable String resultFile,
    @Nullable Stats stats,
    @Nullable RemoteError error,
    @Nullable Instant created,
    @Nullable Instant ended,
    boolean done) {

  private static final Set<String> TERMINAL =
      Set.of("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED");

  private static final Set<String> UNDER_WAY =
      Set.of("QUEUED", "PENDING", "RUNNING", "PAUSED", "UPDATING", "CANCELLING");

  /** A job of which nobody has said that it is done. */
  public RemoteJob(
      String name,
      String displayName,
      String model,
      String state,
      @Nullable String inputFile,
      @Nullable String resultFile,
      @Nullable Stats stats,
      @Nullable RemoteError error,
      @Nullable Instant created,
      @Nullable Instant ended) {
    this(
        name,
        displayName,
        model,
        state,
        inputFile,
        resultFile,
        stats,
        error,
        created,
        ended,
        false);
  }

  /**
   * Whether the job will never change again. A state that is not known is by itself never taken for
   * an end, but the operation around it may tell: one that is {@code done} and holds its outcome,
   * an error or the result file, is over by the contract of {@code google.longrunning.Operation},
   * whatever its state is called. Beside a known state {@code done} decides nothing: where the two
   * differ, one of them lags, and a job that is taken for ended too late costs less than one taken
   * too early.
   */
  public boolean terminal() {
    return TERMINAL.contains(state)
        || (done && !UNDER_WAY.contains(state) && (error != null || resultFile != null));
  }
}
