package io.promptferry.stack;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The configuration of a broker that is alone, on loopback, and shall start fast and stay small.
 */
record BrokerProperties(Path data, int port, int controllerPort) {
  void write(Path file, Map<String, String> overrides) {
    Properties properties = new Properties();
    properties.putAll(values());
    properties.putAll(overrides);
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    } catch (IOException e) {
      throw new StackException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  Map<String, String> values() {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("inter.broker.listener.name", "PLAINTEXT"),
        Map.entry(
            "listeners",
            "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
        Map.entry("log.dirs", data.toString()),
        // There is one node to hold a copy.
        Map.entry("default.replication.factor", "1"),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        // Instead of 50 each: the first group and the first transaction wait for all to be made.
        Map.entry("offsets.topic.num.partitions", "5"),
        Map.entry("transaction.state.log.num.partitions", "5"),
        Map.entry("share.coordinator.state.topic.num.partitions", "5"),
        // Instead of 3 s before the first assignment of every new group.
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        // Instead of 10 s: what a killed transactional producer leaves open holds up
        // read_committed.
        Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "2000"),
        // Instead of 9 s: a killed broker's registration has to lapse before the next is taken.
        Map.entry("broker.session.timeout.ms", "3000"),
        Map.entry("broker.heartbeat.interval.ms", "500"),
        // A misspelt topic is an error and not a topic.
        Map.entry("auto.create.topics.enable", "false"),
        // Instead of 128 MB of heap.
        Map.entry("log.cleaner.dedupe.buffer.size", "8388608"));
  }
}
