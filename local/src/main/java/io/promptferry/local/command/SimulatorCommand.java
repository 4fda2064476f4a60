package io.promptferry.local.command;

import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the simulator until it is stopped. */
@Command(
    name = "simulator",
    mixinStandardHelpOptions = true,
    header = "Runs the Gemini Batch API on loopback, with a ledger of what would have been billed.",
    descriptionHeading = "%n",
    description = {
      "Point gemini.base.url of the services at it, with gemini.api.key as given by --api-key. Each"
          + " answer carries a digest of its prompt. The ledger is at GET /simulator/ledger.",
      "",
      "Durations are ISO-8601: PT0.5S is half a second, PT2M two minutes.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Example|@%n",
    footer = "  promptferry simulator --port 8090 --data /tmp/simulator --run-delay PT10S")
final class SimulatorCommand implements Callable<Integer> {

  private final Surroundings here;

  @Option(
      names = "--port",
      defaultValue = "8090",
      description =
          "Listens on 127.0.0.1 at this port; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "simulator-data",
      description =
          "Files, jobs and ledger; gone on with if used before. Default: ${DEFAULT-VALUE}")
  private Path data = Path.of("");

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      defaultValue = "simulator",
      description = "The one key that is valid. Default: ${DEFAULT-VALUE}")
  private String apiKey = "";

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

  SimulatorCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Logs.ofAService();
    try (var end = OrderlyEnd.ofThisThread();
        var simulator = Simulator.start(settings(), here.clock())) {
      here.out().println("the simulator listens at " + simulator.baseUrl());
      while (!end.awaitAsked(Duration.ofMinutes(1))) {
        // Its threads do the work.
      }
      return OrderlyEnd.EXIT_CODE;
    }
  }

  private SimulatorSettings settings() {
    try {
      SimulatorSettings usual = SimulatorSettings.in(data.toAbsolutePath());
      return usual
          .withPort(port)
          .withApiKey(apiKey)
          .withDelays(queueDelay, runDelay)
          .withShuffle(!noShuffle, usual.seed());
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
