package io.promptferry.local.command;

import io.promptferry.runtime.config.LogSettings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the log goes: a service's to standard output, a tool's warnings to standard error. */
final class Logs {

  /** The names by which service-logback.xml knows log.format and log.level. */
  static final String FORMAT = "promptferry.log.format";

  static final String LEVEL = "promptferry.log.level";

  private Logs() {}

  /**
   * To be called before anything logs; a file that the person names for logback stays.
   *
   * @param file the service's configuration, if it has a file
   */
  static void ofAService(@Nullable Path file, Map<String, String> environment) {
    LogSettings settings = LogSettings.read(file, environment);
    System.setProperty(FORMAT, settings.format());
    System.setProperty(LEVEL, settings.level());
    String property = "logback.configurationFile";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "io/promptferry/local/service-logback.xml");
    }
  }
}
