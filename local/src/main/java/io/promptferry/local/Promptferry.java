package io.promptferry.local;

import io.promptferry.local.command.Commands;
import io.promptferry.local.command.Surroundings;
import io.promptferry.local.command.Terminal;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@code promptferry} command. */
public final class Promptferry {

  private Promptferry() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    var here =
        new Surroundings(
            System.getenv(),
            Clock.systemUTC(),
            System.in,
            utf8(FileDescriptor.out),
            utf8(FileDescriptor.err),
            terminal(System.console()));
    System.exit(Commands.of(here).execute(args));
  }

  /**
   * The console, if somebody is at it. From Java 22 on there may be one without a terminal, which
   * its {@code isTerminal} tells; before, there is no such method and no such console.
   */
  private static Optional<Terminal> terminal(@Nullable Console console) {
    if (console == null) {
      return Optional.empty();
    }
    try {
      if (!(boolean) Console.class.getMethod("isTerminal").invoke(console)) {
        return Optional.empty();
      }
    } catch (NoSuchMethodException e) {
      // An older Java.
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
    return Optional.of(question -> Optional.ofNullable(console.readLine("%s", question)));
  }

  /** System.out writes in the locale's charset, and '?' for what that lacks. */
  private static PrintStream utf8(FileDescriptor to) {
    return new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
  }
}
