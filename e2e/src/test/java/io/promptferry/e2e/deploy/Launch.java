package io.promptferry.e2e.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.local.command.Commands;
import io.promptferry.local.command.Surroundings;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.service.Service;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;

/**
 * A container of our image as it would be started: by Kubernetes or by Compose.
 *
 * @param where for messages
 * @param args what follows the image's entry point
 */
record Launch(String where, List<String> args, Map<String, String> environment) {

  private static final Pattern FILE = Pattern.compile("\\$\\{file:([^}]*)}");

  /** The service that it runs; none for the tools. */
  Optional<Service> service() {
    return args.isEmpty() ? Optional.empty() : KnownKeys.service(args.get(0));
  }

  /** What the command line, and the configuration of a service, refuse. */
  List<String> problems() {
    var problems = new ArrayList<String>();
    try {
      CommandLine.ParseResult parsed = commands().parseArgs(args.toArray(String[]::new));
      if (!parsed.hasSubcommand()) {
        problems.add(where + ": the arguments name no command");
      }
    } catch (CommandLine.ParameterException e) {
      problems.add(where + ": " + e.getMessage());
    }
    environment.keySet().stream()
        .filter(KnownKeys::isVariable)
        .filter(name -> !KnownKeys.isKnown(KnownKeys.key(name)))
        .forEach(name -> problems.add(where + ": " + name + " is no configuration key"));
    service().ifPresent(service -> load(service).ifPresent(problems::add));
    return problems;
  }

  private Optional<String> load(Service service) {
    var values = new TreeMap<String, String>();
    environment.forEach((name, value) -> values.put(name, FILE.matcher(value).replaceAll("x")));
    try {
      ConfigLoader.load(service.config(), null, values);
    } catch (ConfigException e) {
      return Optional.of(where + ": " + e.getMessage());
    }
    return values.containsKey("PROMPTFERRY_GEMINI_KEYS_DIR")
            || values.containsKey("PROMPTFERRY_GEMINI_API_KEY")
        ? Optional.empty()
        : Optional.of(where + ": neither gemini.keys.dir nor gemini.api.key is set");
  }

  /** What a key's value is, its default where it is not set; empty for what is no service. */
  String value(String key) {
    String variable = "PROMPTFERRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
    String set = environment.get(variable);
    if (set != null) {
      return set;
    }
    return service()
        .map(service -> service.config().configKeys().get(key))
        .filter(ConfigDef.ConfigKey::hasDefault)
        .map(known -> String.valueOf(known.defaultValue))
        .orElse("");
  }

  /** The paths that the configuration names: values that are paths, and files with secrets. */
  List<String> paths() {
    var paths = new ArrayList<String>();
    environment.values().stream().filter(value -> value.startsWith("/")).forEach(paths::add);
    environment
        .values()
        .forEach(value -> FILE.matcher(value).results().forEach(hit -> paths.add(hit.group(1))));
    return paths;
  }

  /** The command line as the image has it. */
  static CommandLine commands() {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    return Commands.of(
        new Surroundings(
            Map.of(), Clock.systemUTC(), InputStream.nullInputStream(), nowhere, nowhere));
  }
}
