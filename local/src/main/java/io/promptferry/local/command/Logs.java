package io.promptferry.local.command;

/** Where the log goes: a service's to standard output, a tool's warnings to standard error. */
final class Logs {

  private Logs() {}

  /** To be called before anything logs; a file that the person names for logback stays. */
  static void ofAService() {
    String property = "logback.configurationFile";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "io/promptferry/local/service-logback.xml");
    }
  }
}
