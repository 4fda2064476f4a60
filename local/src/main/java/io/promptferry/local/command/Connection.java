package io.promptferry.local.command;

import io.promptferry.local.client.ClientConfig;
import io.promptferry.runtime.config.ServiceConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options by which a tool is told where Kafka and the schema registry are. */
final class Connection {

  private static final String BOOTSTRAP = "--bootstrap";
  private static final String REGISTRY = "--registry";

  /** As our messages name them and Kafka's; in quotes stands a key that is itself the trouble. */
  private static final Pattern KEYS =
      Pattern.compile(
          "(?<!['\"])((kafka\\.)?bootstrap\\.servers|schema\\.registry\\.url)(?!['\"])");

  @Option(
      names = BOOTSTRAP,
      paramLabel = "HOST:PORT",
      description =
          "Kafka's brokers. Default: " + ClientConfig.USUAL_BOOTSTRAP + ", as 'up' has it")
  private @Nullable String bootstrap;

  @Option(
      names = REGISTRY,
      paramLabel = "URL",
      description = "The schema registry. Default: " + ClientConfig.USUAL_REGISTRY)
  private @Nullable String registry;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "Stands before every topic's name (topics.prefix). Default: none")
  private @Nullable String prefix;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A properties file with kafka.* and schema.registry.*, or that of a service.")
  private @Nullable Path file;

  /** A message for a person who may have typed an option where a service's has but the key. */
  static String naming(String message) {
    return KEYS.matcher(message)
        .replaceAll(
            key ->
                key.group().equals(ServiceConfig.REGISTRY_URL)
                    ? ServiceConfig.REGISTRY_URL + " (" + REGISTRY + ")"
                    : ServiceConfig.BOOTSTRAP_SERVERS + " (" + BOOTSTRAP + ")");
  }

  /** Whether a command takes these options. */
  static boolean isOf(CommandSpec command) {
    return command.findOption(BOOTSTRAP) != null;
  }

  ServiceConfig config(Map<String, String> environment) {
    return ClientConfig.load(
        new ClientConfig.Wanted(
            Optional.ofNullable(bootstrap),
            Optional.ofNullable(registry),
            Optional.ofNullable(prefix)),
        file,
        environment);
  }
}
