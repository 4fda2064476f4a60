package io.promptferry.local.command;

import io.promptferry.local.jobs.BatchFold;
import io.promptferry.local.jobs.BatchJson;
import io.promptferry.local.jobs.BatchTable;
import io.promptferry.local.jobs.BatchView;
import io.promptferry.local.jobs.JobTopics;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists batches. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    header = "Lists the open batches, the newest last, with state, progress and estimate.",
    descriptionHeading = "%n",
    description = {
      "One line each: batch, state, job, model and what else sets its lane apart, requests, those"
          + " that succeeded, failed and are pending as the provider counted them last, the age since"
          + " submission (since sealing where there is no job yet), when the job is expected to end,"
          + " and what closed the batch.",
      "",
      "Nothing is marked as read; what comes while it reads is left for the next time.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry jobs list",
      "  promptferry jobs list --all --since 2d",
      "  promptferry jobs list --state FAILED,EXPIRED --json | jq -r .batchId",
    })
final class JobsListCommand implements Callable<Integer> {

  private final Surroundings here;

  @Option(
      names = "--state",
      paramLabel = "S",
      split = ",",
      splitSynopsisLabel = ",",
      description =
          "Only these states, as the column STATE has them, or SETTLED; among all batches, as if"
              + " --all were given")
  private List<String> states = List.of();

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeText.Converter.class,
      description = "Only batches that were sealed then or later: " + TimeText.FORMS)
  private @Nullable TimeText since;

  @Option(names = "--all", description = "Also batches that are settled")
  private boolean all;

  @Option(
      names = "--json",
      description = "One JSON object a line; the count goes to standard error")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public JobsListCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    Instant now = here.clock().instant();
    Optional<Instant> from = Optional.ofNullable(since).map(time -> time.from().apply(now));
    BatchFold fold = BatchFold.summaries();
    try (var topics =
        JobTopics.open(connection.config(here.environment()), here.clock(), here.err()::println)) {
      topics.read(from, fold);
    }
    Set<String> wanted =
        states.stream().map(state -> state.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
    List<BatchView> views =
        fold.views().stream()
            .filter(view -> from.filter(view.batch().getSealedAt()::isBefore).isEmpty())
            .filter(view -> wanted.isEmpty() ? all || !view.settled() : view.isIn(wanted))
            .toList();
    if (json) {
      views.forEach(view -> here.out().println(BatchJson.summary(view)));
      here.err().println(BatchTable.count(views));
    } else {
      BatchTable.lines(views, now).forEach(here.out()::println);
    }
    return ExitCode.OK;
  }
}
