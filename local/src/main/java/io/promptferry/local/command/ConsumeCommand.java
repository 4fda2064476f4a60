package io.promptferry.local.command;

import io.promptferry.local.client.AnswerTopics;
import io.promptferry.local.client.Answers;
import io.promptferry.records.PromptResponse;
import io.promptferry.runtime.config.ServiceConfig;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

/** Prints answers. */
@Command(
    name = "consume",
    mixinStandardHelpOptions = true,
    header = "Prints answers, one JSON object a line, until Ctrl-C or --max.",
    descriptionHeading = "%n",
    description = {
      "Without --key and --topic: the answers on all response topics, those to come included. Only"
          + " what is committed is shown; nothing is marked as read.",
    },
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry consume --from-beginning",
      "  promptferry consume --key 'Abraham Lincoln' --from-beginning --max 10",
      "  promptferry consume | jq -r .text",
    })
final class ConsumeCommand implements Callable<Integer> {

  private final Surroundings here;

  /** One of the two, or neither. */
  static final class Choice {
    @Option(names = "--key", paramLabel = "KEY", description = "Only answers for this key")
    private @Nullable String key;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only answers on this topic")
    private @Nullable String topic;
  }

  @ArgGroup private @Nullable Choice choice;

  @Option(names = "--from-beginning", description = "Also the answers that are there already")
  private boolean fromBeginning;

  @Option(names = "--max", paramLabel = "N", description = "Ends after so many answers")
  private long max = Long.MAX_VALUE;

  @Mixin private final Connection connection = new Connection();

  public ConsumeCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (max < 1) {
      throw new CommandException("--max must be 1 or more");
    }
    ServiceConfig config = connection.config(here.environment());
    try (var end = OrderlyEnd.ofThisThread();
        var answers = Answers.open(config, topics(config), fromBeginning, here.clock())) {
      here.err().println("reading " + answers.topics() + " topics; Ctrl-C ends");
      long shown = 0;
      while (!end.asked()) {
        for (ConsumerRecord<byte[], PromptResponse> answer : answers.poll()) {
          if (isWanted(answer)) {
            here.out().println(Answers.json(answer));
            // The other end of a pipe is gone, as of `| head`.
            if (++shown == max || here.out().checkError()) {
              return ExitCode.OK;
            }
          }
        }
      }
      return OrderlyEnd.EXIT_CODE;
    } catch (InterruptException e) {
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
