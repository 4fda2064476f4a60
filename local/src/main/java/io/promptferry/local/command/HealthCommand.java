package io.promptferry.local.command;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * Asks a service how it is; for platforms that can only run a command, in an image without curl.
 */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    header = "Asks a service on this machine whether it is ready.",
    descriptionHeading = "%n",
    description = {
      "Asks /readyz on the port that http.port or PROMPTFERRY_HTTP_PORT names, and prints the answer:"
          + " a line for each part of the service.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Exit codes|@%n",
    footer = {
      "  0  all parts are ready",
      "  1  one is not, or the service does not answer",
    })
final class HealthCommand implements Callable<Integer> {

  private static final String PORT_VARIABLE = "PROMPTFERRY_HTTP_PORT";
  private static final int USUAL_PORT = 8080;
  private static final int TIMEOUT_MS = 5_000;
  private static final int OK = 200;

  private final Surroundings here;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Of the service. Default: that of " + PORT_VARIABLE + ", or " + USUAL_PORT)
  private @Nullable Integer port;

  @Option(
      names = "--alive",
      description =
          "Asks /healthz instead: whether it runs, though it may still wait for something")
  private boolean alive;

  HealthCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    URI address = URI.create("http://127.0.0.1:" + port() + (alive ? "/healthz" : "/readyz"));
    try {
      // Not the newer client, which takes three times as long to load: this runs every few seconds.
      var connection = (HttpURLConnection) address.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      boolean well = connection.getResponseCode() == OK;
      try (var body = well ? connection.getInputStream() : connection.getErrorStream()) {
        if (body != null) {
          here.out().print(new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      return well ? ExitCode.OK : ExitCode.SOFTWARE;
    } catch (IOException e) {
      throw new CommandException(
          "nothing answers at %s (%s): start a service, or name its port with --port"
              .formatted(address, e.getMessage()),
          e);
    }
  }

  private int port() {
    String named = here.environment().get(PORT_VARIABLE);
    try {
      return Optional.ofNullable(port)
          .orElseGet(() -> named == null ? USUAL_PORT : Integer.parseInt(named));
    } catch (NumberFormatException e) {
      throw new CommandException(PORT_VARIABLE + " is no number: " + named, e);
    }
  }
}
