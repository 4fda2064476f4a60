package io.promptferry.simulator.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;

/**
 * The faults that are armed. Of those that fit, the first in their order that strikes is the one
 * that happens; the ones behind it do not see what it struck. They live in memory alone.
 */
public final class Faults {
  private volatile List<Armed> armed = List.of();

  /** Arms these in the place of all others, with nothing counted yet. */
  public void replace(List<Fault> faults) {
    armed = faults.stream().map(Armed::new).toList();
  }

  /**
   * What happens to a call, if anything.
   *
   * @param subject the names that a fault may ask for
   */
  public Optional<CallEffect> onCall(Point point, String subject) {
    return first(point, subject, CallEffect.class);
  }

  /** What happens to a job that is being created. */
  public JobEffect onJob(String displayName) {
    return first(Point.JOB, displayName, JobEffect.class).orElse(JobEffect.NONE);
  }

  /**
   * What happens to a line. Chance depends on the seed, the job's number and the key, so that jobs
   * that are answered at the same time do not disturb each other's.
   */
  public LineEffect onLine(long jobNumber, String key) {
    for (Armed one : armed) {
      if (one.fits(Point.LINE, key) && one.strikes(31 * jobNumber + key.hashCode())) {
        return (LineEffect) one.fault().effect();
      }
    }
    return LineEffect.NONE;
  }

  private <E extends Effect> Optional<E> first(Point point, String subject, Class<E> type) {
    for (Armed one : armed) {
      if (one.fits(point, subject) && one.strikes()) {
        return Optional.of(type.cast(one.fault().effect()));
      }
    }
    return Optional.empty();
  }

  /** All of them as they were given, each with {@code seen} and {@code fired}. */
  public ArrayNode json() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    armed.forEach(one -> json.add(one.json()));
    return json;
  }
}
