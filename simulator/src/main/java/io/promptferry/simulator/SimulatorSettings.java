package io.promptferry.simulator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a {@link Simulator} runs.
 *
 * @param host the address to listen on; by default {@code 127.0.0.1}
 * @param port the port to listen on; 0, the default, takes a free one
 * @param dataDir where files, jobs and the ledger live; a simulator started again on the same
 *     folder goes on where the last one stopped
 * @param apiKeys the keys that are valid, each a project of its own; by default {@code simulator}
 * @param queueDelay how long a job is pending; by default half a second
 * @param runDelay how long a valid job runs before its answers are written; by default one second
 * @param shuffle whether result lines leave their order; on by default, and then no line of a file
 *     with two or more keeps its place
 * @param seed what the order of result lines depends on, together with the number of the job
 * @param quotas of each project; by default 100 jobs, tokens without bound and 20 GB
 */
public record SimulatorSettings(
    String host,
    int port,
    Path dataDir,
    List<String> apiKeys,
    Duration queueDelay,
    Duration runDelay,
    boolean shuffle,
    long seed,
    Quotas quotas) {

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
    apiKeys = List.copyOf(apiKeys);
    if (apiKeys.isEmpty() || apiKeys.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "an API key must not be blank; the default is 'simulator'");
    }
  }

  /** The defaults, with the given data folder. */
  public static SimulatorSettings in(Path dataDir) {
    return new SimulatorSettings(
        "127.0.0.1",
        0,
        dataDir,
        List.of("simulator"),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        true,
        1,
        Quotas.DEFAULT);
  }

  /** The same at another address. */
  public SimulatorSettings withHost(String newHost) {
    return new SimulatorSettings(
        newHost, port, dataDir, apiKeys, queueDelay, runDelay, shuffle, seed, quotas);
  }

  /** The same with another port. */
  public SimulatorSettings withPort(int newPort) {
    return new SimulatorSettings(
        host, newPort, dataDir, apiKeys, queueDelay, runDelay, shuffle, seed, quotas);
  }

  /** The same with another key, and it alone. */
  public SimulatorSettings withApiKey(String newKey) {
    return withApiKeys(List.of(newKey));
  }

  /** The same with other keys. */
  public SimulatorSettings withApiKeys(List<String> newKeys) {
    return new SimulatorSettings(
        host, port, dataDir, newKeys, queueDelay, runDelay, shuffle, seed, quotas);
  }

  /** The same with other quotas. */
  public SimulatorSettings withQuotas(Quotas newQuotas) {
    return new SimulatorSettings(
        host, port, dataDir, apiKeys, queueDelay, runDelay, shuffle, seed, newQuotas);
  }

  /** The same with other delays. */
  public SimulatorSettings withDelays(Duration queue, Duration run) {
    return new SimulatorSettings(host, port, dataDir, apiKeys, queue, run, shuffle, seed, quotas);
  }

  /** The same with result lines in another order, or in that of the input. */
  public SimulatorSettings withShuffle(boolean newShuffle, long newSeed) {
    return new SimulatorSettings(
        host, port, dataDir, apiKeys, queueDelay, runDelay, newShuffle, newSeed, quotas);
  }
}
