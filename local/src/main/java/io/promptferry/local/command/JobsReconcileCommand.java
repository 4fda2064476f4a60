package io.promptferry.local.command;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.local.jobs.BatchFold;
import io.promptferry.local.jobs.BatchView;
import io.promptferry.local.jobs.Elapsed;
import io.promptferry.local.jobs.Finding;
import io.promptferry.local.jobs.JobTopics;
import io.promptferry.local.jobs.ProviderAccess;
import io.promptferry.local.jobs.ProviderJobs;
import io.promptferry.local.jobs.Reconciliation;
import io.promptferry.runtime.config.ServiceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the provider's jobs with the topics. */
@Command(
    name = "reconcile",
    mixinStandardHelpOptions = true,
    header = "Compares the provider's jobs with what the topics say of them. Changes nothing.",
    descriptionHeading = "%n",
    description = {
      "Looks at the open batches, the oldest first, and reports:",
      "  UNKNOWN_JOB     a batch's job that the provider does not know",
      "  UNRECORDED_JOB  a job of a batch that does not record it",
      "  DUPLICATE       several jobs, not cancelled, of one batch: each is billed",
      "  NOT_NOTICED     a job that has ended, and the topics do not say so",
      "",
      "Jobs are found by their display name, <deployment>/<batch id>, with the services' keys:"
          + " --config FILE of a service, or PROMPTFERRY_GEMINI_API_KEY (and PROMPTFERRY_DEPLOYMENT"
          + " where that is not 'promptferry'). The provider's whole list is read once for each account. Jobs of batches"
          + " that are settled, or that no topic knows, are not looked for.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Exit codes|@%n",
    footer = {
      "  0    no finding",
      "  1    something does not, or could not be looked at; what, is told",
    })
final class JobsReconcileCommand implements Callable<Integer> {

  private final Surroundings here;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--grace",
      paramLabel = "D",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description =
          "How long the topics may be behind the provider before that is reported. Default:"
              + " ${DEFAULT-VALUE}")
  private Duration grace = Duration.ofMinutes(5);

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Looks at the oldest N open batches. Default: ${DEFAULT-VALUE}")
  private int limit;

  @Option(
      names = "--json",
      description = "One JSON object a finding; the count goes to standard error")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public JobsReconcileCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "picocli sets it").commandLine(),
          "--limit must be 1 or more");
    }
    ServiceConfig config = connection.config(here.environment());
    try (Accounts accounts = ProviderAccess.open(config)) {
      List<BatchView> open = open(config);
      List<BatchView> looked = open.subList(0, Math.min(limit, open.size()));
      var failures = new TreeMap<String, ProviderException>();
      Map<String, List<RemoteJob>> remote =
          ProviderJobs.of(
              looked,
              config.getString(ServiceConfig.DEPLOYMENT),
              accounts,
              here.err()::println,
              failures);
      List<Finding> findings =
          new Reconciliation(here.clock().instant(), grace).compare(looked, remote);
      for (Finding finding : findings) {
        here.out()
            .println(
                json
                    ? finding.json()
                    : "%-14s  %s  %s".formatted(finding.kind(), finding.batchId(), finding.text()));
      }
      (json ? here.err() : here.out())
          .println(count(looked.size(), remote.size(), open.size(), findings.size()));
      failures.forEach(
          (account, e) ->
              here.err()
                  .println(
                      "the batches of account %s could not be compared: %s"
                          .formatted(account, e.getMessage())));
      return findings.isEmpty() && failures.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private List<BatchView> open(ServiceConfig config) {
    BatchFold fold = BatchFold.summaries();
    try (var topics = JobTopics.open(config, here.clock(), here.err()::println)) {
      topics.read(Optional.empty(), fold);
    }
    return fold.views().stream().filter(view -> !view.settled()).toList();
  }

  private String count(int looked, int compared, int open, int findings) {
    String batches = open == 1 ? "1 open batch" : open + " open batches";
    if (looked < open) {
      batches = "the oldest %d of %s (--limit looks at more)".formatted(looked, batches);
    }
    if (compared < looked) {
      batches += ", %d of which could not be compared".formatted(looked - compared);
    }
    String result =
        findings == 0
            ? compared == 0 && looked > 0 ? "nothing was compared" : "no finding"
            : findings + (findings == 1 ? " finding" : " findings");
    String young =
        grace.isZero()
            ? ""
            : "; changes of the last %s are not judged (--grace)".formatted(Elapsed.text(grace));
    return batches + ": " + result + young;
  }
}
