package io.promptferry.local;

import io.promptferry.local.command.Commands;
import io.promptferry.local.command.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

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
            utf8(FileDescriptor.err));
    System.exit(Commands.of(here).execute(args));
  }

  /** System.out writes in the locale's charset, and '?' for what that lacks. */
  private static PrintStream utf8(FileDescriptor to) {
    return new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
  }
}
