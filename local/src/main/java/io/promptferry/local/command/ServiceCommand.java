package io.promptferry.local.command;

import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.ServiceRunner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one service until SIGTERM. */
@Command(
    mixinStandardHelpOptions = true,
    descriptionHeading = "%n",
    description = {
      "Needs kafka.bootstrap.servers, schema.registry.url and gemini.api.key or gemini.keys.dir; every other key has a"
          + " default. A variable PROMPTFERRY_BATCH_LINGER_MS goes over the key batch.linger.ms of"
          + " the file. A secret is best named and not written: gemini.api.key=$${file:/run/secrets/key}"
          + " or $${env:NAME}.",
      "",
      "Logs to standard output, in JSON with log.format=json; /healthz, /readyz and /metrics are on"
          + " http.port (8080). SIGTERM ends it in order.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Exit codes|@%n",
    footer = {
      "  0 or 143  stopped in order",
      "  1         could not start, or failed for good; one line says what to do",
      "  2         a wrong configuration",
    })
final class ServiceCommand implements Callable<Integer> {

  private final Service service;
  private final Surroundings here;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A properties file. Without it all comes from the environment.")
  private @Nullable Path config;

  ServiceCommand(Service service, Surroundings here) {
    this.service = service;
    this.here = here;
  }

  @Override
  public Integer call() {
    Logs.ofAService(config, here.environment());
    var runner = new ServiceRunner(service, here.clock(), here.err());
    Runtime.getRuntime().addShutdownHook(new Thread(runner::stop, "stop"));
    return runner.run(config, here.environment());
  }
}
