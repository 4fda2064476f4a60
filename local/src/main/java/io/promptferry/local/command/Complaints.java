package io.promptferry.local.command;

import io.promptferry.runtime.service.StartupException;
import io.promptferry.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells what is wrong in one line; a stack trace is for mistakes of ours only. */
final class Complaints implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    boolean expected =
        e instanceof StackException
            || e instanceof StartupException
            || e instanceof KafkaException
            || e instanceof IOException
            || e instanceof UncheckedIOException
            || e instanceof CommandException;
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + oneLine(e));
    if (!expected) {
      e.printStackTrace(command.getErr());
    }
    return e instanceof ConfigException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.replaceAll("\\s*\\R\\s*", "; ");
  }
}
