package io.promptferry.local.command;

import io.promptferry.local.client.ClientConfig;
import io.promptferry.runtime.config.ServiceConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** What our own messages say of an address where nobody is. */
  private static final Pattern NO_ANSWER =
      Pattern.compile(
          "(answer(?: within \\d+ s)?)(: check )(kafka\\.bootstrap\\.servers|schema\\.registry\\.url)");

  /** Of a registry, they may stand in its URL. */
  private static final Pattern CREDENTIALS = Pattern.compile("(?<=//)[^/@]*@");

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
      description =
          "A properties file with kafka.* and schema.registry.*, or that of a service. The variables"
              + " PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS and PROMPTFERRY_SCHEMA_REGISTRY_URL go over it, the"
              + " options over them.")
  private @Nullable Path file;

  /** What the options and all else came to. */
  private @Nullable ServiceConfig loaded;

  /**
   * A message for a person who may have typed an option where a service's has but the key, and who
   * wants to see which address was tried.
   */
  String naming(String message) {
    return KEYS.matcher(withAddress(message))
        .replaceAll(
            key ->
                key.group().equals(ServiceConfig.REGISTRY_URL)
                    ? ServiceConfig.REGISTRY_URL + " (" + REGISTRY + ")"
                    : ServiceConfig.BOOTSTRAP_SERVERS + " (" + BOOTSTRAP + ")");
  }

  private String withAddress(String message) {
    ServiceConfig tried = loaded;
    if (tried == null) {
      return message;
    }
    return NO_ANSWER
        .matcher(message)
        .replaceAll(
            said -> {
              String address = CREDENTIALS.matcher(tried.getString(said.group(3))).replaceAll("");
              return Matcher.quoteReplacement(
                  said.group(1) + " at " + address + said.group(2) + said.group(3));
            });
  }

  /** That of a command; empty where it takes none of these options. */
  static Optional<Connection> of(CommandSpec command) {
    return command.mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(Connection.class::isInstance)
        .map(Connection.class::cast)
        .findAny();
  }

  ServiceConfig config(Map<String, String> environment) {
    ServiceConfig config =
        ClientConfig.load(
            new ClientConfig.Wanted(
                Optional.ofNullable(bootstrap),
                Optional.ofNullable(registry),
                Optional.ofNullable(prefix)),
            file,
            environment);
    loaded = config;
    return config;
  }
}
