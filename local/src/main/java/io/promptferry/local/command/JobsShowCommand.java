package io.promptferry.local.command;

import io.promptferry.local.jobs.BatchFold;
import io.promptferry.local.jobs.BatchJson;
import io.promptferry.local.jobs.BatchText;
import io.promptferry.local.jobs.BatchView;
import io.promptferry.local.jobs.JobTopics;
import io.promptferry.runtime.config.ServiceConfig;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one batch. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    header = "Shows all of one batch: times, prompts by offset, states seen, errors, answers.",
    descriptionHeading = "%n",
    description = {
      "Long lists of offsets, of prompts left out and of states are cut; --json has all of them.",
    },
    parameterListHeading = "%n",
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry jobs show 20260131-120000-k3f9x2ab",
      "  promptferry jobs show batches/abc123 --json | jq .states",
    })
final class JobsShowCommand implements Callable<Integer> {

  private final Surroundings here;

  @Parameters(paramLabel = "BATCH|JOB", description = "As 'jobs list' and answers have them")
  private @Nullable String name;

  @Option(names = "--json", description = "One JSON object")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public JobsShowCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    BatchView view =
        find(
            Objects.requireNonNull(name, "picocli asks for it"),
            connection.config(here.environment()),
            here);
    if (json) {
      here.out().println(BatchJson.whole(view).toPrettyString());
    } else {
      BatchText.lines(view, here.clock().instant()).forEach(here.out()::println);
    }
    return ExitCode.OK;
  }

  /** All of the batch of that name or job, as it is now. */
  static BatchView find(String name, ServiceConfig config, Surroundings here) {
    BatchFold fold = BatchFold.whole(name);
    try (var topics = JobTopics.open(config, here.clock(), here.err()::println)) {
      topics.read(Optional.empty(), fold);
    }
    return fold.find(name)
        .orElseThrow(
            () ->
                new CommandException(
                    "no batch and no job is called "
                        + name
                        + ": 'promptferry jobs list --all' shows those there are"));
  }
}
