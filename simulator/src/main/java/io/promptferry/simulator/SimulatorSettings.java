package io.promptferry.simulator;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a {@link Simulator} runs.
 *
 * @param host the address to listen on; by default {@code 127.0.0.1}
 * @param port the port to listen on; 0, the default, takes a free one
 * @param dataDir where files, jobs and the ledger live; a simulator started again on the same
 *     folder goes on where the last one stopped
 * @param apiKey the one key that is valid; by default {@code simulator}
 * @param queueDelay how long a job is pending; by default half a second
 * @param runDelay how long a valid job runs before its answers are written; by default one second
 * @param shuffle whether result lines leave their order; on by default, and then no line of a file
 *     with two or more keeps its place
 * @param seed what the order of result lines depends on, together with the number of the job
 */
public record SimulatorSettings(
    String host,
    int port,
    Path dataDir,
    String apiKey,
    Duration queueDelay,
    Duration runDelay,
    boolean shuffle,
    long seed) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException for a port or a delay out of range, or a blank key
   */
  public SimulatorSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
    }
    if (queueDelay.isNegative() || runDelay.isNegative()) {
      throw new IllegalArgumentException("queueDelay and runDelay must not be negative");
    }
    if (apiKey.isBlank()) {
      throw new IllegalArgumentException("apiKey must not be blank; the default is 'simulator'");
    }
  }

  /** The defaults, with the given data folder. */
  public static SimulatorSettings in(Path dataDir) {
    return new SimulatorSettings(
        "127.0.0.1",
        0,
        dataDir,
        "simulator",
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        true,
        1);
  }

  /** The same with another port. */
  public SimulatorSettings withPort(int newPort) {
    return new SimulatorSettings(
        host, newPort, dataDir, apiKey, queueDelay, runDelay, shuffle, seed);
  }

  /** The same with another key. */
  public SimulatorSettings withApiKey(String newKey) {
    return new SimulatorSettings(host, port, dataDir, newKey, queueDelay, runDelay, shuffle, seed);
  }

  /** The same with other delays. */
  public SimulatorSettings withDelays(Duration queue, Duration run) {
    return new SimulatorSettings(host, port, dataDir, apiKey, queue, run, shuffle, seed);
  }

  /** The same with result lines in another order, or in that of the input. */
  public SimulatorSettings withShuffle(boolean newShuffle, long newSeed) {
    return new SimulatorSettings(
        host, port, dataDir, apiKey, queueDelay, runDelay, newShuffle, newSeed);
  }
}
