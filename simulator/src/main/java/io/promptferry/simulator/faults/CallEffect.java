package io.promptferry.simulator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a call. {@code hang} and {@code noRange} go with any of the others; of those
 * there is one.
 *
 * @param status answered at once and instead of any effect
 * @param body goes with {@code status}; without it an error as the service words it
 * @param retryAfter seconds, for the header of that name; goes with {@code status}
 * @param hang milliseconds between the effect and the answer
 * @param drop {@code before} any effect, or {@code after} it: the connection is closed without a
 *     reply
 * @param truncate bytes of the answer that are sent under the length of the whole before the
 *     connection is closed; for an upload's chunk, bytes of it that arrive
 * @param delayEffect milliseconds until the call takes effect; the connection is closed at once
 * @param noRange whether a download comes as if ranges were unknown: whole, and without a tag
 */
public record CallEffect(
    @Nullable Integer status,
    @Nullable JsonNode body,
    @Nullable Integer retryAfter,
    @Nullable Long hang,
    @Nullable String drop,
    @Nullable Long truncate,
    @Nullable Long delayEffect,
    @Nullable Boolean noRange)
    implements Effect {
  private static final Set<Point> DELAYABLE =
      EnumSet.of(Point.CREATE, Point.CANCEL, Point.DELETE, Point.FILES_DELETE, Point.GENERATE);

  @Override
  public void check(Point point) {
    int alternatives =
        given(status)
            + given(drop)
            + given(truncate)
            + given(delayEffect)
            + (hang == null ? 0 : 10)
            + (noRange == null ? 0 : 10);
    if (alternatives % 10 > 1 || alternatives == 0) {
      throw new IllegalArgumentException(
          "give one of status, drop, truncate and delayEffect, or hang or noRange, or these and one of them");
    }
    if (status == null && (body != null || retryAfter != null)) {
      throw new IllegalArgumentException("body and retryAfter go with a status");
    }
    if (status != null && (status < 200 || status > 599)) {
      throw new IllegalArgumentException("status must be 200 to 599, not " + status);
    }
    if (drop != null && !drop.equals("before") && !drop.equals("after")) {
      throw new IllegalArgumentException("drop must be before or after, not " + drop);
    }
    if (delayEffect != null && !DELAYABLE.contains(point)) {
      throw new IllegalArgumentException("delayEffect is for one of " + DELAYABLE);
    }
    if (noRange != null && point != Point.DOWNLOAD) {
      throw new IllegalArgumentException("noRange is for " + Point.DOWNLOAD);
    }
    for (Long number : new Long[] {hang, truncate, delayEffect}) {
      if (number != null && number < 0) {
        throw new IllegalArgumentException("hang, truncate and delayEffect must not be negative");
      }
    }
  }

  private static int given(@Nullable Object value) {
    return value == null ? 0 : 1;
  }
}
