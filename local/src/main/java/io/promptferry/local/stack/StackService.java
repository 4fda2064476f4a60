package io.promptferry.local.stack;

import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.JavaCommand;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A service or the simulator in a JVM of its own, which can be started again as it was. */
final class StackService {

  /** By name, since the entry class knows the commands and these know the stack. */
  private static final String MAIN = "io.promptferry.local.Promptferry";

  private static final int PROBE_MILLIS = 1000;
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  /** Parts are given up to 20 s each to end; here nothing is worth that wait. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(12);

  private final JavaCommand command;
  private final URI probe;
  private volatile ChildProcess process;

  private StackService(JavaCommand command, URI probe, ChildProcess process) {
    this.command = command;
    this.probe = probe;
    this.process = process;
  }

  /**
   * Starts {@code promptferry <service> <arguments>} and does not wait.
   *
   * @param folder where it runs and logs
   * @param probe answers 200 once it is ready
   * @param environment beside what every child has
   */
  static StackService start(
      String name,
      Path folder,
      URI probe,
      List<String> arguments,
      Map<String, String> environment) {
    List<String> words = new ArrayList<>(List.of(ServiceFiles.serviceOf(name)));
    words.addAll(arguments);
    JavaCommand command =
        JavaCommand.of(name, MAIN, folder)
            // Small and quick to start: six JVMs share one machine.
            .jvmArgs(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED")
            .args(words.toArray(String[]::new))
            .environment(environment);
    return new StackService(command, probe, ChildProcess.start(command));
  }

  String name() {
    return command.name();
  }

  Path log() {
    return command.log();
  }

  ChildProcess process() {
    return process;
  }

  void awaitReady() {
    process.awaitReady(this::answers, START_LIMIT);
  }

  /** Starts it once more and waits until it is ready; stops it first if it still runs. */
  void restart() {
    stop();
    process = ChildProcess.start(command);
    awaitReady();
  }

  void stop() {
    process.terminate(STOP_PATIENCE);
  }

  private boolean answers() {
    try {
      URLConnection connection = probe.toURL().openConnection();
      connection.setConnectTimeout(PROBE_MILLIS);
      connection.setReadTimeout(PROBE_MILLIS);
      try (InputStream in = connection.getInputStream()) { // throws for 503
        return in.read() >= 0;
      }
    } catch (IOException e) {
      return false;
    }
  }
}
