package io.promptferry.batcher.lane;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a slice may go into a batch. */
public sealed interface Admission {

  /**
   * It may, now.
   *
   * @param closesAt when its batch must be closed at the latest, whatever it holds; may have
   *     passed. Null: no window ends
   */
  record Now(@Nullable Instant closesAt) implements Admission {}

  /**
   * It must wait, and then be asked about again.
   *
   * @param until later than the moment of asking
   */
  record Later(Instant until) implements Admission {}
}
