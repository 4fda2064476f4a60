package io.promptferry.local.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.local.jobs.BatchView;
import io.promptferry.local.jobs.ProviderAccess;
import io.promptferry.runtime.config.ServiceConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the provider to stop a job. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    header = "Asks the provider to stop a job. Without --yes only says what that would mean.",
    descriptionHeading = "%n",
    description = {
      "What a job that is cancelled has answered by then is delivered; every other prompt in it is"
          + " sent again, up to retry.max.attempts, or answered FAILED with reason JOB_CANCELLED where"
          + " the collector's retry.reasons does not name that. It cannot be taken back. What the job"
          + " had done may be billed all the same, and a job that is nearly done may still succeed;"
          + " then its prompts are answered as usual.",
      "",
      "The provider is asked with the services' key: --config FILE of a service, or"
          + " PROMPTFERRY_GEMINI_API_KEY.",
    },
    parameterListHeading = "%n",
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Exit codes|@%n",
    footer = {
      "  0    it ends or has ended, or nothing was asked for (without --yes)",
      "  1    it does not, or not yet; one line says what is the matter",
    })
final class JobsCancelCommand implements Callable<Integer> {

  private static final int LOOKS = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Surroundings here;

  @Parameters(paramLabel = "BATCH|JOB", description = "As 'jobs list' has them")
  private @Nullable String name;

  @Option(names = "--yes", description = "Does it")
  private boolean yes;

  @Option(
      names = "--json",
      description =
          "One JSON object: batchId, job, state, ended, count (of its prompts), and whether the"
              + " provider was asked")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public JobsCancelCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    ServiceConfig config = connection.config(here.environment());
    // First, so that a missing key is told before anything is read.
    try (Accounts accounts = ProviderAccess.open(config);
        var end = OrderlyEnd.ofThisThread()) {
      BatchView view =
          JobsShowCommand.find(Objects.requireNonNull(name, "picocli asks for it"), config, here);
      String job = jobOf(view);
      if (!yes) {
        tell(
            view,
            view.state(),
            false,
            "would cancel %s of batch %s, %s: of its %,d prompts those that have no answer by then would be sent again, up to retry.max.attempts"
                .formatted(job, view.id(), view.state(), view.batch().getCount()));
        (json ? here.err() : here.out()).println("nothing was done; --yes does it");
        return ExitCode.OK;
      }
      BatchProvider provider = accounts.of(view.batch().getLane().getAccount());
      provider.cancel(job);
      return await(view, job, provider, end);
    }
  }

  private static String jobOf(BatchView view) {
    if (view.ended() || view.settled()) {
      throw new CommandException(
          "the job of batch " + view.id() + " has ended already: " + view.state());
    }
    return view.jobName()
        .orElseThrow(
            () ->
                new CommandException(
                    "batch "
                        + view.id()
                        + " is "
                        + view.state()
                        + " and has no job yet: try again when 'promptferry jobs show' names one"));
  }

  private int await(BatchView view, String job, BatchProvider provider, OrderlyEnd end) {
    String state = "";
    for (int look = 0; look < LOOKS; look++) {
      Optional<RemoteJob> now = provider.get(job);
      if (now.isEmpty()) {
        throw new CommandException(
            "the provider does not know " + job + " any more: see 'promptferry jobs reconcile'");
      }
      state = now.get().state();
      if (now.get().terminal() || state.equals("CANCELLING")) {
        tell(view, state, now.get().terminal(), job + " is " + state + meaning(state));
        return ExitCode.OK;
      }
      if (end.awaitAsked(BETWEEN_LOOKS)) {
        return OrderlyEnd.EXIT_CODE;
      }
    }
    throw new CommandException(
        "the provider took the request, but %s is still %s: look again with 'promptferry jobs show %s'"
            .formatted(job, state, job));
  }

  private void tell(BatchView view, String state, boolean ended, String text) {
    if (!json) {
      here.out().println(text);
      return;
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("batchId", view.id());
    view.jobName().ifPresent(job -> result.put("job", job));
    result
        .put("state", state)
        .put("ended", ended)
        .put("count", view.batch().getCount())
        .put("asked", yes);
    here.out().println(result);
  }

  private static String meaning(String state) {
    return switch (state) {
      case "CANCELLED", "CANCELLING" ->
          "; prompts without an answer are sent again as soon as poller and collector see it end";
      case "SUCCEEDED", "PARTIALLY_SUCCEEDED" -> ": it was done first, its prompts are answered";
      default -> "";
    };
  }
}
