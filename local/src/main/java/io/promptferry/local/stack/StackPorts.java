package io.promptferry.local.stack;

import io.promptferry.stack.Ports;
import io.promptferry.stack.StackException;
import java.util.HashSet;
import java.util.Set;

/**
 * The ports of a {@link LocalStack} on 127.0.0.1; 0 stands for any that is free.
 *
 * @param kafka of the broker, for clients
 * @param registry of the schema registry
 * @param simulator of the simulator
 * @param batcher of the batcher's status
 * @param poller of the poller's status
 * @param collector of the collector's status
 */
public record StackPorts(
    int kafka, int registry, int simulator, int batcher, int poller, int collector) {

  /** Six free ports. */
  public static final StackPorts FREE = new StackPorts(0, 0, 0, 0, 0, 0);

  /**
   * The same with numbers for the zeros.
   *
   * @throws StackException if one is in use or named twice
   */
  StackPorts claimed() {
    Set<Integer> taken = new HashSet<>();
    return new StackPorts(
        claim(kafka, "broker", taken),
        claim(registry, "registry", taken),
        claim(simulator, "simulator", taken),
        claim(batcher, "batcher", taken),
        claim(poller, "poller", taken),
        claim(collector, "collector", taken));
  }

  /** The same without a wish for the simulator's, where none is started. */
  StackPorts withoutSimulator() {
    return new StackPorts(kafka, registry, 0, batcher, poller, collector);
  }

  /** A free port that none of these has. */
  int another() {
    Set<Integer> taken = Set.of(kafka, registry, simulator, batcher, poller, collector);
    int port = Ports.free();
    while (taken.contains(port)) {
      port = Ports.free();
    }
    return port;
  }

  private static int claim(int port, String user, Set<Integer> taken) {
    int claimed = Ports.claim(port, user);
    while (!taken.add(claimed)) {
      if (port != 0) {
        throw new StackException(
            "port %d is given twice: choose another one for the %s".formatted(port, user));
      }
      claimed = Ports.free();
    }
    return claimed;
  }
}
