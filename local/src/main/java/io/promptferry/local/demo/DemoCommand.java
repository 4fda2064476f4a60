package io.promptferry.local.demo;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.command.LiveOptions;
import io.promptferry.local.command.OrderlyEnd;
import io.promptferry.local.command.ServiceSettings;
import io.promptferry.local.command.Surroundings;
import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.live.LiveAccess;
import io.promptferry.local.live.LiveNotice;
import io.promptferry.local.live.Shipment;
import io.promptferry.local.stack.Endpoint;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
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
      "",
      "With --live the prompts go to Google and cost money, which is asked about first. Its answers"
          + " carry no digest, and its bill cannot be read here: then the verdict is on the number of"
          + " answers, their keys and their order alone.",
      ""
    },
    footer = {
      "",
      "Exit code: 0 if each prompt has exactly one right answer and one bill, as far as can be seen,"
          + " else 1.",
      "",
      "Examples:",
      "  promptferry demo",
      "  promptferry demo --prompts 300 --json report.json --keep",
      "  GEMINI_API_KEY=... promptferry demo --live --prompts 10"
    })
public final class DemoCommand implements Callable<Integer> {

  private static final int MOST_PROMPTS = 200_000;
  private static final int USUAL_PROMPTS = 5_000;
  private static final int LIVE_PROMPTS = 20;
  private static final int USUAL_PATIENCE = 60;

  /** 50 hours: Google's jobs expire after 48. */
  private static final int LIVE_PATIENCE = 50 * 60 * 60;

  /** The demo reads topics by their usual names. */
  private static final Pattern NAMES_TOPICS =
      Pattern.compile("(topics|prompts|response|reply)\\..*");

  // Set by picocli before it calls.
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      description =
          "How many prompts to publish, 1 to 200000 (default: 5000, with --live 20). There are 5,000"
              + " passages; past them they are asked about again, under other ids and in other words.")
  private @Nullable Integer prompts;

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
      description =
          "Stop waiting for answers when nothing has changed for so long (default: 60, with --live"
              + " 180000, since a job may take hours).")
  private @Nullable Integer patience;

  @Mixin private final LiveOptions live = new LiveOptions();

  @Mixin private final ServiceSettings set = new ServiceSettings();

  private final Surroundings here;
  private final Clock clock;
  private List<Path> logs = List.of();

  /** Null as long as nothing was published. */
  private @Nullable DemoRun run;

  public DemoCommand(Surroundings here) {
    this.here = here;
    this.clock = here.clock();
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Map<String, String>> overrides = set.byService();
    Optional<LiveAccess> access = live.access(spec.commandLine(), here, set);
    int count = number(prompts, access.isPresent() ? LIVE_PROMPTS : USUAL_PROMPTS);
    int seconds = number(patience, access.isPresent() ? LIVE_PATIENCE : USUAL_PATIENCE);
    refuseBadOptions(count, seconds);
    List<DemoPrompt> wanted = Passages.bundled().prompts(count);
    Optional<LiveNotice> notice = access.map(to -> new LiveNotice(to, Prices.shipped()));
    StackSettings usual = StackSettings.defaults(Path.of("")).with(overrides).live(access);
    if (notice.isPresent() && !agreed(notice.get(), wanted, usual, out)) {
      return ExitCode.SOFTWARE;
    }
    access.ifPresent(LiveAccess::tryKey);
    Instant start = clock.instant();
    DemoFolder folder = DemoFolder.create();
    say(out, "Data, configurations and logs: " + folder.path());
    StackSettings settings = StackSettings.defaults(folder.path()).with(overrides).live(access);
    boolean passed = false;
    try (OrderlyEnd end = OrderlyEnd.ofThisThread()) {
      try {
        passed = run(wanted, settings, notice, Duration.ofSeconds(seconds), start);
      } catch (RuntimeException e) {
        if (end.asked()) {
          return OrderlyEnd.EXIT_CODE;
        }
        throw e;
      } finally {
        tellOfFolder(folder, passed, out);
        if (notice.isPresent() && run != null && !run.complete()) {
          say(out, notice.get().afterwards(folder.path(), run.underWay().batches()));
        }
      }
    }
    say(
        out,
        "What next: ./promptferry up keeps the same stack running for prompts of your own;"
            + " ./promptferry --help");
    return passed ? 0 : 1;
  }

  private boolean agreed(
      LiveNotice notice, List<DemoPrompt> wanted, StackSettings settings, PrintWriter out) {
    var shipment =
        Shipment.of(
            wanted.stream().map(DemoPrompt::event), settings.model(), settings.mostRequests());
    return live.agreed(here, notice.before(shipment), line -> say(out, line));
  }

  private boolean run(
      List<DemoPrompt> wanted,
      StackSettings settings,
      Optional<LiveNotice> notice,
      Duration patience,
      Instant start) {
    PrintWriter out = spec.commandLine().getOut();
    try (LocalStack stack = LocalStack.start(settings, step -> say(out, "  " + step))) {
      logs = stack.endpoints().stream().map(Endpoint::log).toList();
      say(out, "");
      notice.ifPresent(
          told -> say(out, told.meanwhile(stack.bootstrapServers(), stack.registryUrl())));
      run =
          new DemoRun(
              stack.clientConfig(),
              notice.isPresent() ? Optional.empty() : Optional.of(stack.simulatorUrl()),
              clock);
      Outcome outcome = run.run(wanted, new LiveView(out, Ansi.AUTO.enabled()), patience);
      Duration whole = Duration.between(start, clock.instant());
      say(out, "");
      if (outcome.stalled()) {
        say(out, "Stopped waiting: nothing had changed for " + patience.toSeconds() + " seconds.");
      }
      say(out, Summary.lines(outcome, whole));
      notice.ifPresent(told -> say(out, LiveSummary.lines(told, settings.model())));
      say(out, "");
      if (json != null) {
        Report.write(json, Report.of(outcome, whole));
        say(out, "Figures: " + json);
      }
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

  private void refuseBadOptions(int count, int seconds) {
    if (count < 1 || count > MOST_PROMPTS) {
      throw refusal("--prompts must be 1 to " + MOST_PROMPTS + ", not " + count);
    }
    if (seconds < 1) {
      throw refusal("--patience must be at least 1 second");
    }
    set.keys().stream()
        .filter(key -> NAMES_TOPICS.matcher(key).matches())
        .findFirst()
        .ifPresent(
            key -> {
              throw refusal("--set " + key + " is not for the demo: 'promptferry up' takes it");
            });
    // Now, and not after a minute's work.
    if (json != null && !Report.isWritable(json.toAbsolutePath())) {
      throw refusal("cannot write to " + json + ": choose another file for --json");
    }
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static int number(@Nullable Integer chosen, int otherwise) {
    return chosen == null ? otherwise : chosen;
  }

  private static void say(PrintWriter out, List<String> lines) {
    lines.forEach(line -> say(out, line));
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
