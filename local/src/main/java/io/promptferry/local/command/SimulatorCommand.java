package io.promptferry.local.command;

import io.promptferry.simulator.Quotas;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the simulator until it is stopped. */
@Command(
    name = "simulator",
    mixinStandardHelpOptions = true,
    header = "Runs the Gemini Batch API on loopback, with a ledger of what would have been billed.",
    descriptionHeading = "%n",
    description = {
      "Point gemini.base.url of the services at it, with gemini.api.key as given by --keys. Each"
          + " answer carries a digest of its prompt. The ledger is at GET /simulator/ledger.",
      "",
      "Keys on the command line can be read by everybody on this machine: those that matter go into a"
          + " file.",
      "",
      "Durations are ISO-8601: PT0.5S is half a second, PT2M two minutes.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Example|@%n",
    footer = {
      "  promptferry simulator --port 8090 --data /tmp/simulator --run-delay PT10S",
      "  promptferry simulator --keys a,b --concurrent-jobs 2 --enqueued-tokens 100000",
    })
final class SimulatorCommand implements Callable<Integer> {

  private final Surroundings here;

  @Option(
      names = "--port",
      defaultValue = "8090",
      description = "Listens at this port; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Listens at this address; 0.0.0.0 is all of them, for a container. Default:"
              + " ${DEFAULT-VALUE}")
  private String host = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "simulator-data",
      description =
          "Files, jobs and ledger; gone on with if used before. Default: ${DEFAULT-VALUE}")
  private Path data = Path.of("");

  @ArgGroup private final SimulatorKeys keys = new SimulatorKeys();

  @Option(
      names = "--queue-delay",
      paramLabel = "TIME",
      defaultValue = "PT0.5S",
      description = "How long a job is pending. Default: ${DEFAULT-VALUE}")
  private Duration queueDelay = Duration.ZERO;

  @Option(
      names = "--run-delay",
      paramLabel = "TIME",
      defaultValue = "PT1S",
      description = "How long a job runs. Default: ${DEFAULT-VALUE}")
  private Duration runDelay = Duration.ZERO;

  @Option(
      names = "--no-shuffle",
      description = "Result lines keep the order of the input; otherwise none keeps its place.")
  private boolean noShuffle;

  @Option(
      names = "--concurrent-jobs",
      paramLabel = "N",
      description = "Jobs of a project that may be under way. Default: 100")
  private @Nullable Long concurrentJobs;

  @Option(
      names = "--enqueued-tokens",
      paramLabel = "N",
      description = "Tokens of a project's jobs under way, for each model. Default: no bound")
  private @Nullable Long enqueuedTokens;

  @Option(
      names = "--stored-bytes",
      paramLabel = "N",
      description = "Bytes of a project's files. Default: 20000000000")
  private @Nullable Long storedBytes;

  SimulatorCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Logs.ofAService(null, here.environment());
    try (var end = OrderlyEnd.ofThisThread();
        var simulator = Simulator.start(settings(), here.clock())) {
      here.out().println("the simulator listens at " + simulator.baseUrl());
      while (!end.awaitAsked(Duration.ofMinutes(1))) {
        // Its threads do the work.
      }
      return OrderlyEnd.EXIT_CODE;
    }
  }

  private Quotas quotas(Quotas usual) {
    return new Quotas(
        Objects.requireNonNullElse(concurrentJobs, usual.concurrentJobs()),
        Objects.requireNonNullElse(enqueuedTokens, usual.enqueuedTokens()),
        Objects.requireNonNullElse(storedBytes, usual.storedBytes()));
  }

  private SimulatorSettings settings() throws IOException {
    try {
      SimulatorSettings usual = SimulatorSettings.in(data.toAbsolutePath());
      return usual
          .withHost(host)
          .withPort(port)
          .withApiKeys(keys.values())
          .withQuotas(quotas(usual.quotas()))
          .withDelays(queueDelay, runDelay)
          .withShuffle(!noShuffle, usual.seed());
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
