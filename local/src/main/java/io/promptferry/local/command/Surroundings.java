package io.promptferry.local.command;

import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * What the process gives to its command. Makes the commands too: one whose constructor takes these
 * surroundings is handed them.
 *
 * @param environment its variables
 * @param clock the time
 * @param in standard input
 * @param out for what was asked for
 * @param err for what went wrong
 * @param terminal where a person can be asked; empty where input or output is none
 */
public record Surroundings(
    Map<String, String> environment,
    Clock clock,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Optional<Terminal> terminal)
    implements CommandLine.IFactory {

  /** Without a person. */
  public Surroundings(
      Map<String, String> environment,
      Clock clock,
      InputStream in,
      PrintStream out,
      PrintStream err) {
    this(environment, clock, in, out, err, Optional.empty());
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (Constructor<?> constructor : type.getConstructors()) {
      if (constructor.getParameterCount() == 1
          && constructor.getParameterTypes()[0] == Surroundings.class) {
        return type.cast(constructor.newInstance(this));
      }
    }
    return CommandLine.defaultFactory().create(type);
  }
}
