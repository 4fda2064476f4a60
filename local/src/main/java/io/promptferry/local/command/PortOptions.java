package io.promptferry.local.command;

import io.promptferry.local.stack.StackPorts;
import picocli.CommandLine.Option;

/** The ports of {@code up}: fixed ones, so that what was typed once can be typed again. */
final class PortOptions {

  private static final StackPorts USUAL = new StackPorts(9092, 8081, 8090, 8101, 8102, 8103);
  private static final String DEFAULT = "; 0 takes a free one. Default: ${DEFAULT-VALUE}";

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Of the broker" + DEFAULT)
  private int kafka;

  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "Of the schema registry" + DEFAULT)
  private int registry;

  @Option(
      names = "--simulator-port",
      paramLabel = "PORT",
      defaultValue = "8090",
      description = "Of the simulator" + DEFAULT)
  private int simulator;

  @Option(
      names = "--batcher-port",
      paramLabel = "PORT",
      defaultValue = "8101",
      description = "Of the batcher's status" + DEFAULT)
  private int batcher;

  @Option(
      names = "--poller-port",
      paramLabel = "PORT",
      defaultValue = "8102",
      description = "Of the poller's status" + DEFAULT)
  private int poller;

  @Option(
      names = "--collector-port",
      paramLabel = "PORT",
      defaultValue = "8103",
      description = "Of the collector's status" + DEFAULT)
  private int collector;

  StackPorts ports() {
    return new StackPorts(kafka, registry, simulator, batcher, poller, collector);
  }

  /** Whether the tools find Kafka and the registry without being told. */
  boolean areUsual() {
    return kafka == USUAL.kafka() && registry == USUAL.registry();
  }
}
