package io.promptferry.local.command;

import io.promptferry.local.client.ClientConfig;
import io.promptferry.runtime.config.ServiceConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a tool is told where Kafka and the schema registry are. */
final class Connection {

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description =
          "Kafka's brokers. Default: " + ClientConfig.USUAL_BOOTSTRAP + ", as 'up' has it")
  private @Nullable String bootstrap;

  @Option(
      names = "--registry",
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
