package io.promptferry.local.command;

import io.promptferry.gemini.ProviderException;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells what is wrong in one line; a stack trace is for mistakes of ours only. */
final class Complaints implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    boolean expected =
        e instanceof StackException
            || e instanceof StartupException
            || e instanceof KafkaException
            || e instanceof ProviderException
            || e instanceof IOException
            || e instanceof UncheckedIOException
            || e instanceof CommandException;
    String message = oneLine(told(e));
    Optional<Connection> connection = Connection.of(command.getCommandSpec());
    if (connection.isPresent()) {
      message = connection.get().naming(message);
    }
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + message);
    if (!expected) {
      e.printStackTrace(command.getErr());
    }
    return e instanceof ConfigException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  @Override
  public int handleParseException(ParameterException e, String[] words) {
    CommandLine command = e.getCommandLine();
    if (words.length == 0) {
      command.usage(command.getErr());
      return ExitCode.USAGE;
    }
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println(
            name + ": " + misspelt(e).orElseGet(() -> oneLine(e)) + "; see " + name + " --help");
    return ExitCode.USAGE;
  }

  /**
   * A word that no command or option has, and what is like it. Also where picocli complains first
   * of what is missing, which may be just the option that was misspelt.
   */
  private static Optional<String> misspelt(ParameterException e) {
    boolean missing = e instanceof MissingParameterException;
    CommandLine command = e.getCommandLine();
    List<String> unknown =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched()
            : missing
                ? command.getUnmatchedArguments().stream().filter(w -> w.startsWith("-")).toList()
                : List.of();
    if (unknown.isEmpty()) {
      return Optional.empty();
    }
    String word = unknown.get(0);
    boolean option = word.startsWith("-");
    if (!option && command.getSubcommands().isEmpty()) {
      return Optional.empty();
    }
    List<String> like = like(command, word);
    String what = option ? "option" : "command";
    return Optional.of(
        "there is no %s %s".formatted(what, word)
            + (like.isEmpty() ? "" : ": did you mean " + String.join(" or ", like) + "?")
            + (missing ? "; " + oneLine(e) : ""));
  }

  /** picocli compares pairs of letters, and knows nothing like {@code rnu}. */
  private static List<String> like(CommandLine command, String word) {
    List<String> like = new UnmatchedArgumentException(command, List.of(word)).getSuggestions();
    return like.isEmpty()
        ? command.getSubcommands().keySet().stream()
            .filter(
                name ->
                    Arrays.equals(name.chars().sorted().toArray(), word.chars().sorted().toArray()))
            .toList()
        : like;
  }

  /** Of a client that could not be made, Kafka says the reason in the cause only. */
  private static Throwable told(Exception e) {
    return e instanceof KafkaException && e.getCause() instanceof ConfigException reason
        ? reason
        : e;
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.replaceAll("\\s*\\R\\s*", "; ");
  }
}
