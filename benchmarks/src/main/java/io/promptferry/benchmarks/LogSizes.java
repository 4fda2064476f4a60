package io.promptferry.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.KafkaException;

/**
 * How large the logs of a broker are.
 *
 * @param byTopic bytes on disk, all partitions together
 */
record LogSizes(Map<String, Long> byTopic) {

  /** The controller writes to its log twice a second even when nobody does anything. */
  private static final String CONTROLLERS_OWN = "__cluster_metadata";

  /** Of the broker with this id. */
  static LogSizes of(Admin admin, int broker) throws InterruptedException {
    try {
      var byTopic = new TreeMap<String, Long>();
      for (LogDirDescription folder :
          admin
              .describeLogDirs(List.of(broker))
              .allDescriptions()
              .get()
              .getOrDefault(broker, Map.of())
              .values()) {
        folder
            .replicaInfos()
            .forEach((partition, info) -> byTopic.merge(partition.topic(), info.size(), Long::sum));
      }
      byTopic.remove(CONTROLLERS_OWN);
      return new LogSizes(byTopic);
    } catch (ExecutionException e) {
      throw new KafkaException("cannot learn how large the logs are", e.getCause());
    }
  }

  /**
   * Without the broker's own topics: an assembler commits at each tick, whether or not anything
   * came, and keeps them growing.
   */
  LogSizes withoutBrokers() {
    var rest = new TreeMap<>(byTopic);
    rest.keySet().removeIf(topic -> topic.startsWith("__"));
    return new LogSizes(rest);
  }

  /** By how much each topic has grown since; those that have not are left out. */
  Map<String, Long> since(LogSizes earlier) {
    var grown = new TreeMap<String, Long>();
    byTopic.forEach(
        (topic, size) -> {
          long more = size - earlier.byTopic.getOrDefault(topic, 0L);
          if (more != 0) {
            grown.put(topic, more);
          }
        });
    return grown;
  }
}
