package io.promptferry.runtime.log;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the lines are about that this thread logs until the scope is closed, by whatever class. The
 * log's format decides how it is shown. Scopes may lie within each other; each gives back what it
 * found.
 */
public final class LogScope implements AutoCloseable {

  /** A batch id. */
  public static final String BATCH = "batch";

  /** The provider's name of a job. */
  public static final String JOB = "job";

  /** A partition of the topic that is worked on, {@code batches-3}. */
  public static final String PARTITION = "partition";

  private final Map<String, @Nullable String> before = new HashMap<>();

  private LogScope() {}

  /**
   * A batch.
   *
   * @param job null while it has none, or none is known
   */
  public static LogScope ofBatch(String batch, @Nullable String job) {
    var scope = new LogScope();
    scope.put(BATCH, batch);
    scope.put(JOB, job);
    return scope;
  }

  /** The job of the batch that is the scope already, once there is one. */
  public static LogScope ofJob(String job) {
    var scope = new LogScope();
    scope.put(JOB, job);
    return scope;
  }

  public static LogScope ofPartition(TopicPartition partition) {
    var scope = new LogScope();
    scope.put(PARTITION, partition.toString());
    return scope;
  }

  /** The same task, to be run by another thread, whose lines are then about the same as ours. */
  public static Runnable carriedBy(Runnable task) {
    Map<String, String> ours = MDC.getCopyOfContextMap();
    if (ours == null) {
      return task;
    }
    return () -> {
      Map<String, String> theirs = MDC.getCopyOfContextMap();
      MDC.setContextMap(ours);
      try {
        task.run();
      } finally {
        MDC.setContextMap(theirs == null ? Map.of() : theirs);
      }
    };
  }

  private void put(String key, @Nullable String value) {
    before.put(key, MDC.get(key));
    set(key, value);
  }

  private static void set(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }

  @Override
  public void close() {
    before.forEach(LogScope::set);
  }
}
