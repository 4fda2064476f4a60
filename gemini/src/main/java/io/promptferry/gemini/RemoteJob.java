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
    @Nullable Instant ended) {

  private static final Set<String> TERMINAL =
      Set.of("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED");

  /** Whether the job will never change again. A state that is not known is never taken for one. */
  public boolean terminal() {
    return TERMINAL.contains(state);
  }
}
