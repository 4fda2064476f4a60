package io.promptferry.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A real schema registry (Apicurio, its Confluent-compatible API) on 127.0.0.1.
 *
 * <p>Schemas, their ids and the compatibility settings are kept in an H2 database in {@code
 * schemas.mv.db} below its folder, written through on each commit, and are there again after a
 * {@link #kill()} and a start on the same folder. Its log is {@code registry.log}. Compatibility is
 * NONE until a client sets it.
 */
public final class Registry implements AutoCloseable {
  private static final String NAME = "registry";
  private static final String API = "/apis/ccompat/v7";
  private static final long DISK_BYTES = 64L << 20;
  private static final int PROBE_MILLIS = 2000;

  private final Settings settings;
  private final ChildProcess process;

  private Registry(Settings settings, ChildProcess process) {
    this.settings = settings;
    this.process = process;
  }

  /**
   * How to start a registry.
   *
   * @param directory its folder; made if it is missing
   * @param port 0 for a free one
   * @param startLimit how long it may take to answer; 60 s by default
   */
  public record Settings(Path directory, int port, Duration startLimit) {
    public static Settings in(Path directory) {
      return new Settings(directory, 0, Duration.ofSeconds(60));
    }

    public Settings onPort(int number) {
      return new Settings(directory, number, startLimit);
    }

    public Settings startWithin(Duration limit) {
      return new Settings(directory, port, limit);
    }
  }

  /** Starts a registry in {@code directory} on {@code port}, 0 for a free one. */
  public static Registry start(Path directory, int port) {
    return start(Settings.in(directory).onPort(port));
  }

  /**
   * Starts a registry and returns when it takes requests.
   *
   * @throws StackException if it does not come up; no process is left behind
   */
  public static Registry start(Settings settings) {
    StackHome home = StackHome.find();
    Path directory = settings.directory().toAbsolutePath();
    Folder.prepare(directory, DISK_BYTES);
    int port = Ports.claim(settings.port(), NAME);
    ChildProcess process =
        ChildProcess.start(
            JavaCommand.of(NAME, "io.quarkus.runner.GeneratedMain", directory)
                .classPath(home.registryClassPath())
                .jvmArgs(
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.http.port=" + port,
                    // WRITE_DELAY: by default a commit reaches the file half a second later.
                    "-Dquarkus.datasource.jdbc.url=jdbc:h2:file:"
                        + directory.resolve("schemas")
                        + ";WRITE_DELAY=0",
                    // Instead of 20 connections, 100 at the most.
                    "-Dquarkus.datasource.jdbc.initial-size=1",
                    "-Dquarkus.datasource.jdbc.min-size=1",
                    "-Dquarkus.datasource.jdbc.max-size=10"));
    Settings actual = settings.onPort(port);
    process.awaitReady(() -> answers(actual), settings.startLimit());
    return new Registry(actual, process);
  }

  /** What a client takes as {@code schema.registry.url}. */
  public String url() {
    return url(settings);
  }

  /** What it was started with, the port filled in. */
  public Settings settings() {
    return settings;
  }

  public ChildProcess process() {
    return process;
  }

  /** {@code kill -9}. */
  public void kill() {
    process.kill();
  }

  /** Stops in order, within 10 s. */
  @Override
  public void close() {
    process.close();
  }

  private static String url(Settings settings) {
    return "http://127.0.0.1:" + settings.port() + API;
  }

  private static boolean answers(Settings settings) {
    try {
      URLConnection connection = URI.create(url(settings) + "/subjects").toURL().openConnection();
      connection.setConnectTimeout(PROBE_MILLIS);
      connection.setReadTimeout(PROBE_MILLIS);
      try (InputStream in = connection.getInputStream()) { // throws for any status but 2xx
        return in.read() >= 0;
      }
    } catch (IOException e) {
      return false;
    }
  }
}
