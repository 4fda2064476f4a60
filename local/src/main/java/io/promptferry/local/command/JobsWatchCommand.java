package io.promptferry.local.command;

import static java.time.temporal.ChronoUnit.MILLIS;

import io.promptferry.local.jobs.BatchBars;
import io.promptferry.local.jobs.BatchFold;
import io.promptferry.local.jobs.BatchJson;
import io.promptferry.local.jobs.BatchView;
import io.promptferry.local.jobs.JobTopics;
import io.promptferry.local.jobs.Screen;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the open batches as they move. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    header = "Shows the open batches as they move, until Ctrl-C.",
    descriptionHeading = "%n",
    description = {
      "On a terminal a bar for each, drawn over in place: requests run while the job runs, answers"
          + " landed once it has ended. Elsewhere a line whenever something about a batch has changed;"
          + " with --json, that line is an object.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry jobs watch",
      "  promptferry jobs watch --until-done && echo all answered",
      "  promptferry jobs watch --json | jq -c '[.at, .batchId, .state]'",
    })
final class JobsWatchCommand implements Callable<Integer> {

  private static final Duration SHORTEST = Duration.ofMillis(100);

  private final Surroundings here;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--interval",
      paramLabel = "D",
      defaultValue = "2s",
      converter = DurationConverter.class,
      description = "Looks so often, 100ms or more. Default: ${DEFAULT-VALUE}")
  private Duration interval = Duration.ofSeconds(2);

  @Option(
      names = "--until-done",
      description =
          "Ends when no batch is open; prompts that are in no batch yet are not waited for")
  private boolean untilDone;

  @Option(
      names = "--json",
      description =
          "One JSON object a line, on a terminal too: what is open, then each change, as 'jobs list"
              + " --json' has it and when it was seen (at)")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  private final Map<String, String> told = new HashMap<>();

  public JobsWatchCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (interval.compareTo(SHORTEST) < 0) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "picocli sets it").commandLine(),
          "--interval must be 100ms or more");
    }
    boolean redraw = !json && Ansi.AUTO.enabled();
    var screen = new Screen(here.out());
    BatchFold fold = BatchFold.summaries();
    try (var end = OrderlyEnd.ofThisThread();
        var topics =
            JobTopics.open(
                connection.config(here.environment()), here.clock(), here.err()::println)) {
      int settledBefore = -1;
      while (true) {
        topics.read(Optional.empty(), fold);
        List<BatchView> views = fold.views();
        List<BatchView> open = views.stream().filter(view -> !view.settled()).toList();
        int settled = views.size() - open.size();
        boolean firstLook = settledBefore < 0;
        settledBefore = firstLook ? settled : settledBefore;
        Instant now = here.clock().instant();
        if (redraw) {
          screen.show(BatchBars.lines(open, settled - settledBefore, now));
        } else {
          tell(views, firstLook, now);
        }
        if (untilDone && open.isEmpty()) {
          return ExitCode.OK;
        }
        if (end.awaitAsked(interval) || here.out().checkError()) {
          return OrderlyEnd.EXIT_CODE;
        }
      }
    } catch (InterruptException e) {
      return OrderlyEnd.EXIT_CODE;
    }
  }

  /** What has changed; at the first look, what is open. */
  private void tell(List<BatchView> views, boolean firstLook, Instant now) {
    for (BatchView view : views) {
      // Without age and estimate, which change with every look.
      String state = view.state() + view.stats() + view.settled() + view.receipt();
      if (!state.equals(told.put(view.id(), state)) && !(firstLook && view.settled())) {
        Instant seen = now.truncatedTo(MILLIS);
        here.out()
            .println(
                json
                    ? BatchJson.summary(view).put("at", seen.toString())
                    : seen + "  " + BatchBars.line(view, now));
      }
    }
  }
}
