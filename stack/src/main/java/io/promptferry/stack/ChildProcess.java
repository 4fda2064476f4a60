package io.promptferry.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A JVM that runs as a child and dies with this process, however this process ends.
 *
 * <p>It does not see Ctrl-C: a terminal sends that to the whole process group, and a broker that
 * left at the same moment as its clients would leave them no orderly stop. Stopping is up to the
 * parent. Needs a POSIX {@code sh}.
 */
public final class ChildProcess implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final long PROBE_MILLIS = 25;
  private static final int LAST_WORDS = 500;

  private final String name;
  private final Path log;
  private final List<String> command;
  private final Process process;

  private ChildProcess(String name, Path log, List<String> command, Process process) {
    this.name = name;
    this.log = log;
    this.command = command;
    this.process = process;
  }

  /**
   * Starts what {@code java} describes.
   *
   * @throws StackException if the folder or the log cannot be written or no process can be made
   */
  public static ChildProcess start(JavaCommand java) {
    Folder.prepare(java.directory());
    Path log = java.log().toAbsolutePath();
    ProcessBuilder builder =
        new ProcessBuilder(java.commandLine())
            .directory(java.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    java.replaceEnvironment(builder.environment());
    try {
      return new ChildProcess(java.name(), log, List.copyOf(builder.command()), builder.start());
    } catch (IOException e) {
      throw new StackException("cannot start " + java.name() + ": " + e.getMessage(), e);
    }
  }

  public String name() {
    return name;
  }

  /** Standard output and standard error, appended to what earlier runs left there. */
  public Path log() {
    return log;
  }

  /** The whole command line, for people to read. */
  public List<String> command() {
    return command;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Empty while it runs; 128 plus the signal's number if a signal ended it. */
  public OptionalInt exitValue() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Waits for the end, at most {@code limit}; true if it has ended. */
  public boolean awaitExit(Duration limit) {
    return await(limit);
  }

  /**
   * Waits until {@code answers} says true; the child is killed if that does not come.
   *
   * @param answers asked about every 25 ms; a single call should return within a second
   * @throws StackException if the child ends first or the limit passes; it names the log
   */
  public void awaitReady(BooleanSupplier answers, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!(process.isAlive() && answers.getAsBoolean())) {
      if (await(Duration.ofMillis(PROBE_MILLIS))) {
        throw new StackException(
            "%s ended with exit code %d before it answered, see %s%s"
                .formatted(name, process.exitValue(), log, lastWords()));
      }
      if (System.nanoTime() - end >= 0) {
        kill();
        throw new StackException(
            "%s did not start within %d s, see %s".formatted(name, limit.toSeconds(), log));
      }
    }
  }

  /** The last line of the log, which mostly says why; empty where there is none. */
  private String lastWords() {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> !line.isBlank())
          .reduce((earlier, later) -> later)
          .map(line -> ": " + line.substring(0, Math.min(line.length(), LAST_WORDS)))
          .orElse("");
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }

  /** SIGTERM, so that shutdown hooks run, then after {@code patience} SIGKILL. */
  public void terminate(Duration patience) {
    // Through the handle: Process.destroy() would also close the pipe that is the leash, and the
    // child would halt in the middle of its shutdown hooks.
    process.toHandle().destroy();
    if (!await(patience)) {
      kill();
    }
  }

  /**
   * SIGKILL; returns when the process is gone.
   *
   * @throws StackException if the kernel does not let go of it within 10 s
   */
  public void kill() {
    process.destroyForcibly();
    if (!await(KILL_LIMIT)) {
      throw new StackException(
          "%s (pid %d) is still there 10 s after SIGKILL: look at the disk it waits for"
              .formatted(name, pid()));
    }
  }

  /** {@link #terminate} with 10 s of patience. */
  @Override
  public void close() {
    terminate(CLOSE_LIMIT);
  }

  private boolean await(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new StackException("interrupted while waiting for " + name + "; it was killed", e);
    }
  }
}
