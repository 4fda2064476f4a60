package io.promptferry.local.command;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.Replay;
import io.promptferry.local.dlq.ReplayPlan;
import io.promptferry.local.dlq.TooManyAtOnceException;
import java.io.PrintStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends rejected prompts again. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    header = "Sends rejected prompts again; without --yes it only tells what it would send.",
    descriptionHeading = "%n",
    description = {
      "What is sent must be named, with --reason or --coordinates. A prompt goes to the topic that it"
          + " came from with its key, its value and its headers as they were; the header"
          + " promptferry-replays counts. So replaying cures what lay outside the prompt and is"
          + " mended: a list of models, a default model, a limit, a schema that the registry lacked."
          + " A prompt that is wrong in itself is rejected again.",
      "",
      "A replayed prompt is a new one, with an answer of its own, and the model is paid for it. The"
          + " FAILED answer that it had stands.",
      "",
      "All go in one transaction: a run that is broken off has sent none. The batcher waits for the"
          + " transaction's end. A dead letter does not know that it was replayed, so the same"
          + " command sends it again; each run prints the --since that leaves out what it sent. As"
          + " with 'dlq list', times are those of the rejection.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry dlq replay --reason MODEL_NOT_ALLOWED --since 2h          what would be sent",
      "  promptferry dlq replay --reason MODEL_NOT_ALLOWED --since 2h --yes    sends it",
      "  promptferry dlq replay --coordinates prompts-0-17 --yes               one prompt",
    })
final class DlqReplayCommand implements Callable<Integer> {

  private static final int SHOWN = 5;

  private final Surroundings here;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final LetterOptions wanted = new LetterOptions();

  @Option(
      names = "--coordinates",
      paramLabel = "X",
      converter = CoordinatesConverter.class,
      description = "Only the prompt at <topic>-<partition>-<offset>")
  private @Nullable Coordinates prompt;

  @Option(
      names = "--max-replays",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Leaves out what was replayed N times already and rejected again. Default:"
              + " ${DEFAULT-VALUE}")
  private int maxReplays;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Sends at most the N that were rejected first. Default: ${DEFAULT-VALUE}")
  private int limit;

  @Option(names = "--yes", description = "Sends; the default is to tell what would be sent")
  private boolean yes;

  @Mixin private final Connection connection = new Connection();

  public DlqReplayCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (!wanted.hasReasons() && prompt == null) {
      throw wrong(
          "say which to send with --reason R[,R] or --coordinates X; 'promptferry dlq list' shows"
              + " what there is");
    }
    if (limit < 1 || limit == Integer.MAX_VALUE || maxReplays < 1) {
      throw wrong("--limit and --max-replays must be 1 or more");
    }
    var filter = wanted.filter(Optional.ofNullable(prompt), here.clock().instant());
    try (Replay replay = Replay.open(connection.config(here.environment()), here.clock())) {
      ReplayPlan plan = replay.plan(filter, maxReplays, limit);
      if (yes && !plan.letters().isEmpty()) {
        replay.send(plan);
      }
      tell(plan);
    } catch (TooManyAtOnceException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    return ExitCode.OK;
  }

  private void tell(ReplayPlan plan) {
    PrintStream out = here.out();
    int count = plan.letters().size();
    out.println((yes ? "sent " : "would send ") + LetterLine.count(count, "prompt"));
    plan.byTopicAndReason()
        .forEach((topic, reasons) -> out.println("  to " + topic + ": " + text(reasons)));
    if (!yes) {
      plan.letters().stream().limit(SHOWN).forEach(l -> out.println("  " + LetterLine.of(l)));
      if (count > SHOWN) {
        out.println("  …");
      }
    }
    plan.leftOut().forEach((why, n) -> out.println("left out " + n + ": " + why.meaning()));
    plan.next().ifPresent(next -> advise(plan, "--since " + next));
  }

  private void advise(ReplayPlan plan, String next) {
    String more = LetterLine.count(plan.more(), "more dead letter");
    if (yes && !plan.letters().isEmpty()) {
      here.out()
          .println(
              "the same command sends them again; with %s it leaves them out%s"
                  .formatted(next, plan.more() > 0 ? " and goes on with " + more : ""));
    } else if (plan.more() > 0) {
      here.out().println(more + " past --limit; they come with " + next);
    }
    if (!yes && !plan.letters().isEmpty()) {
      here.out().println("add --yes to send");
    }
  }

  private static String text(Map<String, Long> reasons) {
    return reasons.entrySet().stream()
        .map(reason -> reason.getKey() + " " + reason.getValue())
        .collect(Collectors.joining(", "));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(
        Objects.requireNonNull(spec, "picocli sets it").commandLine(), message);
  }
}
