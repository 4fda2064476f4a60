package io.promptferry.runtime.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * How a service logs. Read by itself before the rest of the configuration, since reading that logs.
 *
 * @param format {@code text} or {@code json}
 * @param level {@code ERROR}, {@code WARN}, {@code INFO} or {@code DEBUG}
 */
public record LogSettings(String format, String level) {

  public static final String FORMAT = "log.format";
  public static final String LEVEL = "log.level";

  private static final List<String> FORMATS = List.of("text", "json");
  private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG");
  private static final LogSettings USUAL = new LogSettings("text", "INFO");

  /**
   * Reads them. What cannot be read, or has another value, gets its default: {@link ConfigLoader}
   * says what is wrong a moment later, and needs a log for it.
   */
  public static LogSettings read(@Nullable Path file, Map<String, String> environment) {
    return new LogSettings(
        one(FORMAT, FORMATS, file, environment).orElse(USUAL.format()),
        one(LEVEL, LEVELS, file, environment).orElse(USUAL.level()));
  }

  // Not by the validators below: Kafka's ConfigDef logs, and the first logger settles the format.
  private static Optional<String> one(
      String key, List<String> values, @Nullable Path file, Map<String, String> environment) {
    try {
      String set = ConfigLoader.early(key, file, environment).orElse("");
      return values.stream().filter(set::equalsIgnoreCase).findAny();
    } catch (ConfigException e) {
      return Optional.empty();
    }
  }

  static ConfigDef define(ConfigDef def) {
    return def.define(
            FORMAT,
            ConfigDef.Type.STRING,
            USUAL.format(),
            oneOf(FORMATS),
            ConfigDef.Importance.LOW,
            "How the log is written: text, a line for people, or json, an object a line with time, level, logger, thread,"
                + " message, stack_trace, and batch, job and partition where there is one.")
        .define(
            LEVEL,
            ConfigDef.Type.STRING,
            USUAL.level(),
            oneOf(LEVELS),
            ConfigDef.Importance.LOW,
            "What is logged: ERROR, WARN, INFO or DEBUG. DEBUG may show prompts and answers.");
  }

  private static ConfigDef.Validator oneOf(List<String> values) {
    return ConfigDef.LambdaValidator.with(
        (key, value) -> {
          if (values.stream().noneMatch(known -> known.equalsIgnoreCase(value.toString()))) {
            throw new ConfigException(key, value, "use one of " + String.join(", ", values));
          }
        },
        () -> String.join(", ", values));
  }
}
