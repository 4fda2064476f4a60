package io.promptferry.local.demo;

import io.promptferry.local.command.OrderlyEnd;
import io.promptferry.local.command.Surroundings;
import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.stack.Endpoint;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code promptferry demo}: a broker, a registry, a simulated Gemini and the services on this
 * machine, real text through them, and a verdict from outside on what came back.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Watch real prompts become answers, on this machine alone.",
      "",
      "Starts a Kafka broker, a schema registry, a simulator of Gemini's batch API and the three"
          + " services on free ports, publishes passages of State of the Union addresses keyed by"
          + " president, shows the way of the batches, and then checks from outside that each prompt"
          + " has exactly one right answer and one bill.",
      ""
    },
    footer = {
      "",
      "Exit code: 0 if each prompt has exactly one right answer and one bill, else 1.",
      "",
      "Examples:",
      "  promptferry demo",
      "  promptferry demo --prompts 300 --json report.json --keep"
    })
public final class DemoCommand implements Callable<Integer> {

  private static final int MOST_PROMPTS = 200_000;

  // Set by picocli before it calls.
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "5000",
      description =
          "How many prompts to publish, 1 to 200000 (default: ${DEFAULT-VALUE}). There are 5,000"
              + " passages; past them they are asked about again, under other ids and in other words.")
  private int prompts;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures of the verdict to this file, as a JSON object.")
  private @Nullable Path json;

  @Option(
      names = "--keep",
      description =
          "Keep data and configurations when all is well too, and not the logs alone; when it is not,"
              + " they stay anyway.")
  private boolean keep;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Stop waiting for answers when nothing has changed for so long (default: ${DEFAULT-VALUE}).")
  private int patience;

  private final Clock clock;
  private List<Path> logs = List.of();

  public DemoCommand(Surroundings here) {
    this.clock = here.clock();
  }

  @Override
  public Integer call() {
    refuseBadOptions();
    Instant start = clock.instant();
    PrintWriter out = spec.commandLine().getOut();
    List<DemoPrompt> wanted = Passages.bundled().prompts(prompts);
    DemoFolder folder = DemoFolder.create();
    say(out, "Data, configurations and logs: " + folder.path());
    boolean passed = false;
    try (OrderlyEnd end = OrderlyEnd.ofThisThread()) {
      try {
        passed = run(wanted, folder, start, out);
      } catch (RuntimeException e) {
        if (end.asked()) {
          return OrderlyEnd.EXIT_CODE;
        }
        throw e;
      } finally {
        tellOfFolder(folder, passed, out);
      }
    }
    say(
        out,
        "What next: ./promptferry up keeps the same stack running for prompts of your own;"
            + " ./promptferry --help");
    return passed ? 0 : 1;
  }

  private boolean run(List<DemoPrompt> wanted, DemoFolder folder, Instant start, PrintWriter out) {
    try (LocalStack stack =
        LocalStack.start(StackSettings.defaults(folder.path()), step -> say(out, "  " + step))) {
      say(out, "");
      Outcome outcome =
          new DemoRun(stack.clientConfig(), stack.simulatorUrl(), clock)
              .run(wanted, new LiveView(out, Ansi.AUTO.enabled()), Duration.ofSeconds(patience));
      Duration whole = Duration.between(start, clock.instant());
      say(out, "");
      if (outcome.stalled()) {
        say(out, "Stopped waiting: nothing had changed for " + patience + " seconds.");
      }
      Summary.lines(outcome, whole).forEach(line -> say(out, line));
      say(out, "");
      if (json != null) {
        Report.write(json, Report.of(outcome, whole));
        say(out, "Figures: " + json);
      }
      logs = stack.endpoints().stream().map(Endpoint::log).toList();
      return outcome.verdict().passed();
    }
  }

  private void tellOfFolder(DemoFolder folder, boolean passed, PrintWriter out) {
    logs.forEach(log -> say(out, "Log: " + log));
    if (keep || !passed) {
      say(out, "Data, configurations and logs stay in " + folder.path());
    } else if (!folder.removeAllBut(logs)) {
      say(out, "Some of the data could not be removed from " + folder.path());
    }
  }

  private void refuseBadOptions() {
    if (prompts < 1 || prompts > MOST_PROMPTS) {
      throw refusal("--prompts must be 1 to " + MOST_PROMPTS + ", not " + prompts);
    }
    if (patience < 1) {
      throw refusal("--patience must be at least 1 second");
    }
    // Now, and not after a minute's work.
    if (json != null && !writable(json.toAbsolutePath())) {
      throw refusal("cannot write to " + json + ": choose another file for --json");
    }
  }

  private static boolean writable(Path file) {
    Path parent = file.getParent();
    return Files.exists(file)
        ? Files.isRegularFile(file) && Files.isWritable(file)
        : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
