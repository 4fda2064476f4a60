package io.promptferry.local.command;

import io.promptferry.local.client.Setup;
import io.promptferry.schemas.Topics;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What can be done with topics. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    header = "Makes the topics and registers the schemas: 'topics create'.")
final class TopicsCommand {

  private final Surroundings here;

  public TopicsCommand(Surroundings here) {
    this.here = here;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      header = "Makes the topics that are missing and registers the schemas.",
      descriptionHeading = "%n",
      description = {
        "To be run once before the services start, and after an upgrade; harmless when repeated. A"
            + " topic that exists is left as it is. The topics of single keys, responses.<key>, are"
            + " made by the collector."
      },
      optionListHeading = "%n@|bold Options|@%n",
      footerHeading = "%n@|bold Example|@%n",
      footer = "  promptferry topics create --bootstrap kafka:9092 --registry http://registry:8081")
  int create(
      @Mixin Connection connection,
      @Option(
              names = "--prompt-partitions",
              paramLabel = "N",
              defaultValue = "6",
              description =
                  "Partitions of prompts and of the shared topic responses; may grow later. Default:"
                      + " ${DEFAULT-VALUE}")
          int promptPartitions,
      @Option(
              names = "--partitions",
              paramLabel = "N",
              defaultValue = "6",
              description =
                  "Partitions of each topic between the services: how many instances of a service"
                      + " can share its work. Default: ${DEFAULT-VALUE}")
          int partitions) {
    if (promptPartitions < 1 || partitions < 1) {
      throw new CommandException("--prompt-partitions and --partitions must be 1 or more");
    }
    print(Setup.run(connection.config(here.environment()), promptPartitions, partitions));
    return 0;
  }

  private void print(Setup.Result result) {
    PrintStream out = here.out();
    for (Topics.Spec spec : result.made()) {
      out.println("made     topic   " + spec.name() + " (" + spec.partitions() + " partitions)");
    }
    for (String topic : result.found()) {
      out.println("found    topic   " + topic);
    }
    for (String schema : result.schemas()) {
      out.println("in place schema  " + schema);
    }
  }
}
