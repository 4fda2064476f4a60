package io.promptferry.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.batcher.BatcherService;
import io.promptferry.collector.CollectorService;
import io.promptferry.local.demo.DemoCommand;
import io.promptferry.poller.PollerService;
import io.promptferry.runtime.service.Service;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The root of all commands, and what {@code promptferry --help} says. */
@Command(
    name = "promptferry",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    headerHeading = "%n",
    header = "Keyed prompts on Kafka, answered through Gemini's batch API, each exactly once.",
    synopsisHeading = "%n@|bold Usage|@%n  ",
    descriptionHeading = "%n",
    description = {
      "Upstream services put prompts on the topic prompts; downstream services read answers from"
          + " responses.<key>. In between three services gather prompts into batches, at half the"
          + " price of single calls.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    commandListHeading = "%n@|bold Commands|@%n",
    footerHeading = "%n@|bold Start here|@%n",
    footer = {
      "  promptferry demo                     5,000 real prompts through everything, with a verdict",
      "  promptferry up                       the same stack, left running; then, elsewhere:",
      "  promptferry produce --input x.jsonl  one prompt a line: {\"key\":\"k\",\"prompt\":\"...\"}",
      "  promptferry consume --from-beginning answers, one JSON object a line",
      "  promptferry run --help               a CSV, a folder or a JSONL file answered as a whole",
      "",
      "On a cluster of your own: topics create once, then batcher, poller and collector, each with"
          + " its --config FILE.",
      "",
      "@|bold Exit codes|@",
      "  0    done",
      "  1    failed; one line says what to do",
      "  2    a wrong option or configuration",
      "  130  ended by Ctrl-C, in order (143: by SIGTERM)",
    },
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      ProduceCommand.class,
      ConsumeCommand.class,
      RunCommand.class,
      JobsCommand.class,
      ReceiptsCommand.class,
      TraceCommand.class,
      DlqCommand.class,
      TopicsCommand.class
    })
public final class Commands {

  private static final int WIDTH = 110;

  private Commands() {}

  /** All commands, ready to parse and run. */
  public static CommandLine of(Surroundings here) {
    CommandLine root =
        new CommandLine(new Commands(), here)
            .addSubcommand(service(new BatcherService(), "Prompts to batches to jobs.", here))
            .addSubcommand(service(new PollerService(), "Watches the jobs.", here))
            .addSubcommand(service(new CollectorService(), "Lands the answers.", here))
            .addSubcommand(new SimulatorCommand(here))
            .addSubcommand(new HealthCommand(here))
            .addSubcommand(new HelpCommand());
    return root.setOut(new PrintWriter(here.out(), true, UTF_8))
        .setErr(new PrintWriter(here.err(), true, UTF_8))
        .setExecutionExceptionHandler(new Complaints())
        .setParameterExceptionHandler(new Complaints())
        .setUsageHelpWidth(WIDTH)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static CommandLine service(Service service, String header, Surroundings here) {
    CommandLine command = new CommandLine(new ServiceCommand(service, here));
    command.setCommandName(service.name());
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.header("Runs the " + service.name() + ": " + header);
    return command;
  }
}
