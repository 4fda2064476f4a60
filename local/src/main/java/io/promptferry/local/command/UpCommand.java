package io.promptferry.local.command;

import io.promptferry.gemini.price.Prices;
import io.promptferry.local.live.LiveAccess;
import io.promptferry.local.live.LiveNotice;
import io.promptferry.local.stack.Endpoint;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.StackException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a whole stack until Ctrl-C. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    header = "Runs everything on this machine until Ctrl-C: broker, registry, simulator, services.",
    descriptionHeading = "%n",
    description = {
      "Each runs as it would run alone, as a child process on 127.0.0.1. No key or address of this"
          + " shell reaches a child, and nothing is sent to Google, unless --live asks for it. Ctrl-C"
          + " stops all in order; no child outlives this command, however it ends.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Exit codes|@%n",
    footer = {
      "  130  ended by Ctrl-C (143: by SIGTERM), all stopped in order",
      "  1    something could not start (a port in use, among others), the broker or the registry died, or a"
          + " service died more than five times; one line says which",
    })
final class UpCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int MAX_RESTARTS = 5;

  private final Surroundings here;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data, configurations and logs; kept, and gone on with next time. Default: a temporary"
              + " folder that is removed at the end, but for --live")
  private @Nullable Path data;

  @Mixin private final PortOptions ports = new PortOptions();

  @Mixin private final ServiceSettings set = new ServiceSettings();

  @Mixin private final LiveOptions live = new LiveOptions();

  @Spec private @Nullable CommandSpec spec;

  public UpCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var overrides = set.byService();
    Optional<LiveAccess> access =
        live.access(Objects.requireNonNull(spec, "picocli sets it").commandLine(), here, set);
    Optional<LiveNotice> notice = access.map(to -> new LiveNotice(to, Prices.shipped()));
    if (notice.isPresent()) {
      String model = StackSettings.defaults(Path.of("")).with(overrides).model();
      if (!live.agreed(here, notice.get().before(model), here.out()::println)) {
        return ExitCode.SOFTWARE;
      }
      access.get().tryKey();
    }
    try (var end = OrderlyEnd.ofThisThread();
        var folder = DataFolder.of(data)) {
      var settings =
          StackSettings.defaults(folder.path()).on(ports.ports()).with(overrides).live(access);
      try (LocalStack stack = LocalStack.start(settings, here.out()::println)) {
        // Its jobs are paid for, and their answers come to this folder or to nobody.
        notice.ifPresent(told -> folder.keep());
        print(stack, notice);
        try {
          watch(stack, end);
        } finally {
          notice.ifPresent(
              told -> told.afterwards(folder.path(), List.of()).forEach(here.out()::println));
          here.out().println("stopping");
        }
      } catch (RuntimeException e) {
        if (!end.asked()) {
          keepWhatIsNamed(e, folder);
          throw e;
        }
      }
      return OrderlyEnd.EXIT_CODE;
    }
  }

  /** A message that names a log is worth nothing without that log. */
  private static void keepWhatIsNamed(RuntimeException e, DataFolder folder) {
    if (String.valueOf(e.getMessage()).contains(folder.path().toString())) {
      folder.keep();
    }
  }

  private void print(LocalStack stack, Optional<LiveNotice> notice) {
    here.out().println();
    for (Endpoint endpoint : stack.endpoints()) {
      here.out().printf("  %-10s %-42s %s%n", endpoint.name(), endpoint.address(), endpoint.log());
    }
    String where = connection(stack);
    here.out()
        .printf(
            """

            The services' ports serve /healthz, /readyz and /metrics%s
            Type elsewhere:
              echo '{"key":"me","id":"1","prompt":"Say hello."}' | ./promptferry produce --input -%s
              ./promptferry consume --from-beginning%s
              ./promptferry jobs list%s
              ./promptferry jobs reconcile --config %s
            """,
            notice.isPresent()
                ? "; what is produced is billed"
                : "; the bill is at " + stack.simulatorUrl() + "/simulator/ledger",
            where,
            where,
            where,
            stack.folder().resolve("poller/poller.properties"));
    notice.ifPresent(
        told ->
            told.meanwhile(stack.bootstrapServers(), stack.registryUrl())
                .forEach(here.out()::println));
    here.out()
        .printf(
            "Ctrl-C stops everything%s.%n",
            data == null && notice.isEmpty()
                ? " and removes its data"
                : "; the data stays in " + stack.folder());
  }

  /** The options that lead a tool here, none where they are the default. */
  private String connection(LocalStack stack) {
    return ports.areUsual()
        ? ""
        : " --bootstrap " + stack.bootstrapServers() + " --registry " + stack.registryUrl();
  }

  /**
   * Starts a service that died again, a bounded number of times; without the others it gives up.
   */
  private void watch(LocalStack stack, OrderlyEnd end) {
    var restarts = new HashMap<String, Integer>();
    while (!end.awaitAsked(LOOK)) {
      for (ChildProcess process : stack.processes()) {
        if (!process.isAlive()) {
          String what =
              "%s ended by itself with exit code %d, see %s"
                  .formatted(process.name(), process.exitValue().orElse(-1), process.log());
          if (!stack.isService(process.name())
              || restarts.merge(process.name(), 1, Integer::sum) > MAX_RESTARTS) {
            throw new StackException(what);
          }
          here.err().println(what + "; starting it again");
          stack.restart(process.name());
        }
      }
    }
  }
}
