package io.promptferry.simulator.faults;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a job. All of it goes together where it makes sense.
 *
 * @param state the end of it instead of SUCCEEDED: EXPIRED, FAILED, CANCELLED or
 *     PARTIALLY_SUCCEEDED; nothing of the first three is answered or billed unless {@code missing}
 *     is given
 * @param error the operation's; by default one of the service's for FAILED and CANCELLED, none for
 *     EXPIRED
 * @param missing the share of lines that are not answered in a job that ends so; a half by default
 *     for PARTIALLY_SUCCEEDED, all for the others, which leave no result file then
 * @param unreadableFor milliseconds after the end for which the result file is a 404
 * @param stuck pending until it is cancelled
 * @param path states shown one after the other before the job is checked, the last of them until
 *     its end; any word is taken
 * @param each milliseconds that each state of the path is shown; by default they share the queue
 *     delay
 */
public record JobEffect(
    @Nullable String state,
    @Nullable RpcStatus error,
    @Nullable Double missing,
    @Nullable Long unreadableFor,
    boolean stuck,
    @Nullable List<String> path,
    @Nullable Long each)
    implements Effect {
  private static final Set<String> ENDS =
      Set.of("EXPIRED", "FAILED", "CANCELLED", "PARTIALLY_SUCCEEDED");

  /** A job that nothing happens to. */
  public static final JobEffect NONE = new JobEffect(null, null, null, null, false, null, null);

  @Override
  public void check(Point point) {
    if (state != null && !ENDS.contains(state)) {
      throw new IllegalArgumentException("state must be one of " + ENDS + ", not " + state);
    }
    if (missing != null && !(missing >= 0 && missing <= 1)) {
      throw new IllegalArgumentException("missing is a share from 0 to 1, not " + missing);
    }
    if ((unreadableFor != null && unreadableFor < 0) || (each != null && each < 0)) {
      throw new IllegalArgumentException("unreadableFor and each must not be negative");
    }
    if (state == null && unreadableFor == null && !stuck && (path == null || path.isEmpty())) {
      throw new IllegalArgumentException("give a state, unreadableFor, stuck or a path");
    }
  }

  /** Whether the job leaves a result file. */
  public boolean leavesResults() {
    return state == null || state.equals("PARTIALLY_SUCCEEDED") || missing != null;
  }

  /** The states shown on the way; empty for those of every job. */
  public List<String> shown() {
    return path == null ? List.of() : path;
  }

  /** The same with the default for {@link #each} put in. */
  public JobEffect withinQueueDelay(long queueMillis) {
    if (each != null || shown().isEmpty()) {
      return this;
    }
    return new JobEffect(
        state, error, missing, unreadableFor, stuck, path, queueMillis / shown().size());
  }
}
