package io.promptferry.local.command;

import io.promptferry.gemini.ProviderException;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

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
    if (Connection.isOf(command.getCommandSpec())) {
      message = Connection.naming(message);
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
    command.getErr().println(name + ": " + oneLine(e) + "; see " + name + " --help");
    return ExitCode.USAGE;
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
