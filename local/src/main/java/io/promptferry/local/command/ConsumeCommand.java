package io.promptferry.local.command;

import io.promptferry.local.answers.AnswerLines;
import io.promptferry.local.client.AnswerTopics;
import io.promptferry.local.client.Answers;
import io.promptferry.local.rows.Input;
import io.promptferry.records.PromptResponse;
import io.promptferry.runtime.config.ServiceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes answers as they come. */
@Command(
    name = "consume",
    mixinStandardHelpOptions = true,
    header = "Writes answers as they come, as JSON lines or CSV.",
    descriptionHeading = "%n",
    description = {
      "Without --key, --topic and --input: the answers on all response topics, those to come included,"
          + " until Ctrl-C or --max. Only what is committed is shown; nothing is marked as read.",
      "",
      "With --input, a file that produce has sent from here: the answers to its rows alone, each beside"
          + " its row, also those that are there already, until all are there. The answers come as"
          + " batches end, not in the order of the rows; promptferry run restores that.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry consume --from-beginning",
      "  promptferry consume --key 'Abraham Lincoln' --from-beginning --max 10",
      "  promptferry consume --input reviews.csv --output answers.csv --timeout 26h",
      "  promptferry consume | jq -r .text",
    })
final class ConsumeCommand implements Callable<Integer> {

  /** Google's jobs expire after 48 hours. */
  static final Duration LONGEST_JOB = Duration.ofHours(50);

  private final Surroundings here;

  /** One of the three, or none. */
  static final class Choice {
    @Option(names = "--key", paramLabel = "KEY", description = "Only answers for this key")
    private @Nullable String key;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only answers on this topic")
    private @Nullable String topic;

    @Option(
        names = "--input",
        paramLabel = "FILE",
        description = "Only answers to the rows of this file or folder, joined with them")
    private @Nullable String input;
  }

  @ArgGroup private @Nullable Choice choice;

  @Option(names = "--from-beginning", description = "Also the answers that are there already")
  private boolean fromBeginning;

  @Option(names = "--max", paramLabel = "N", description = "Ends after so many answers")
  private long max = Long.MAX_VALUE;

  @Mixin private final SheetOptions sheet = new SheetOptions();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "Ends, with exit code 1, when nothing has come for so long. Default: never; with --input 50h,"
              + " since a job may take 48")
  private @Nullable Duration timeout;

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      description = "Of --input: one of ${COMPLETION-CANDIDATES}. Default: by its name")
  private Input.@Nullable Form inputFormat;

  @Mixin private final Connection connection = new Connection();

  public ConsumeCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    if (max < 1) {
      throw new CommandException("--max must be 1 or more");
    }
    ServiceConfig config = connection.config(here.environment());
    try (var end = OrderlyEnd.ofThisThread()) {
      try {
        return choice != null && choice.input != null
            ? new JoinedAnswers(here, sheet, max, timeout == null ? LONGEST_JOB : timeout)
                .write(config, Input.of(choice.input, inputFormat), end)
            : alone(config, end);
      } catch (InterruptException | ClosedByInterruptException e) {
        return OrderlyEnd.EXIT_CODE;
      }
    }
  }

  private int alone(ServiceConfig config, OrderlyEnd end) throws IOException {
    Answers.Start start = fromBeginning ? new Answers.Beginning() : new Answers.Now();
    try (var answers = Answers.open(config, topics(config), start, here.clock());
        PrintStream out = sheet.open(here)) {
      here.err().println("reading " + answers.topics() + " topics; Ctrl-C ends");
      AnswerLines lines = sheet.format().lines(Optional.empty());
      lines.header().ifPresent(out::println);
      long shown = 0;
      Instant last = here.clock().instant();
      while (!end.asked()) {
        for (ConsumerRecord<byte[], PromptResponse> answer : answers.poll()) {
          if (isWanted(answer)) {
            out.println(lines.line(0, answer));
            last = here.clock().instant();
            // The other end of a pipe is gone, as of `| head`.
            if (++shown == max || out.checkError()) {
              return ExitCode.OK;
            }
          }
        }
        if (timeout != null && here.clock().instant().isAfter(last.plus(timeout))) {
          String missing = max == Long.MAX_VALUE ? "" : ", %,d are missing".formatted(max - shown);
          here.err()
              .println(
                  "%,d answers came%s: nothing more for %d s"
                      .formatted(shown, missing, timeout.toSeconds()));
          return ExitCode.SOFTWARE;
        }
      }
      return OrderlyEnd.EXIT_CODE;
    }
  }

  private Predicate<String> topics(ServiceConfig config) {
    if (choice != null && choice.topic != null) {
      return choice.topic::equals;
    }
    return choice != null && choice.key != null
        ? AnswerTopics.of(choice.key, config)
        : AnswerTopics.all(config);
  }

  /** The shared topic has the answers of other keys too. */
  private boolean isWanted(ConsumerRecord<byte[], PromptResponse> answer) {
    return choice == null
        || choice.key == null
        || Arrays.equals(answer.key(), choice.key.getBytes(StandardCharsets.UTF_8));
  }
}
