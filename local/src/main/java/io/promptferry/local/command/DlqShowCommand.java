package io.promptferry.local.command;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.DeadLetter;
import io.promptferry.local.dlq.DeadLetters;
import io.promptferry.local.dlq.Legible;
import io.promptferry.local.dlq.LetterContent;
import io.promptferry.local.dlq.LetterFilter;
import io.promptferry.runtime.config.ServiceConfig;
import java.io.PrintStream;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows one dead letter. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    header = "Shows all of one dead letter: what was wrong, its headers and the event.",
    descriptionHeading = "%n",
    description = {
      "The event is shown as JSON, or, where it cannot be decoded, as its first bytes in"
          + " hexadecimal digits. Reads the whole topic, since coordinates are no index into it.",
    },
    parameterListHeading = "%n",
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Example|@%n",
    footer = "  promptferry dlq show prompts-0-17")
final class DlqShowCommand implements Callable<Integer> {

  private final Surroundings here;

  @Parameters(
      paramLabel = "COORDINATES",
      converter = CoordinatesConverter.class,
      description =
          "The prompt's, <topic>-<partition>-<offset>: as 'dlq list' has them, and the header"
              + " promptferry-prompt of the answer")
  private @Nullable Coordinates prompt;

  @Mixin private final Connection connection = new Connection();

  public DlqShowCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    Coordinates wanted = Objects.requireNonNull(prompt, "picocli asks for it");
    LetterFilter filter = LetterFilter.of(wanted);
    ServiceConfig config = connection.config(here.environment());
    int[] shown = {0};
    try (var letters = DeadLetters.open(config, here.clock());
        var content = LetterContent.open(config, here.clock())) {
      letters.read(
          Optional.empty(),
          record -> {
            if (filter.test(DeadLetter.of(record))) {
              print(record, content);
              shown[0]++;
            }
          });
    }
    if (shown[0] == 0) {
      throw new CommandException(
          "no dead letter is of a prompt at "
              + wanted
              + ": 'promptferry dlq list' shows those there are");
    }
    return ExitCode.OK;
  }

  private void print(ConsumerRecord<byte[], byte[]> record, LetterContent content) {
    PrintStream out = here.out();
    DeadLetter letter = DeadLetter.of(record);
    out.println("prompt    " + Legible.line(letter.prompt().toString()));
    out.println("reason    " + Legible.line(letter.reason()));
    out.println("message   " + Legible.line(letter.message()));
    out.println("prompted  " + letter.promptedAt());
    out.println("rejected  " + letter.rejectedAt() + ", kept at " + letter.place());
    out.println("replays   " + letter.replays());
    out.println("key       " + letter.key().map(Legible::line).orElse("none"));
    out.println("headers");
    for (Header header : record.headers()) {
      out.println("  " + Legible.line(header.key()) + "  " + value(header));
    }
    out.println("event");
    out.println(content.text(record).indent(2).stripTrailing());
  }

  private static String value(Header header) {
    return header.value() == null ? "null" : Legible.line(Legible.text(header.value()));
  }
}
