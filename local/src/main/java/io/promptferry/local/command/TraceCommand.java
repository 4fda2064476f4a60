package io.promptferry.local.command;

import io.promptferry.local.client.TopicScan;
import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.Legible;
import io.promptferry.local.trace.Prompt;
import io.promptferry.local.trace.PromptFinder;
import io.promptferry.local.trace.Trace;
import io.promptferry.local.trace.TrailReader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells where a prompt is and what happened to it. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    header = "Tells where a prompt is now, what it waits for, and what happened to it, with times.",
    descriptionHeading = "%n",
    description = {
      "A prompt is named by its coordinates, <topic>-<partition>-<offset>, as the header"
          + " promptferry-prompt of its answer and 'dlq list' have them, or by the id that its sender"
          + " gave it. An id is looked for in all prompts since --since, at most --limit of them;"
          + " where several have it, the newest is told and the others are named.",
      "",
      "Topics are read from the prompt's time on and nothing is marked as read. Times (UTC) are"
          + " those of whoever did the step, so they may be off by what clocks differ.",
    },
    parameterListHeading = "%n",
    optionListHeading = "%n@|bold Options|@%n",
    footerHeading = "%n@|bold Examples|@%n",
    footer = {
      "  promptferry trace prompts-0-17",
      "  promptferry trace order-4711 --since 3h",
      "  promptferry trace prompts-0-17 --json | jq -r .now.stage",
    })
final class TraceCommand implements Callable<Integer> {

  private static final Duration USUAL_SINCE = Duration.ofDays(3);
  private static final int OTHERS_SHOWN = 10;

  private final Surroundings here;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "COORDINATES|ID", description = "The prompt")
  private @Nullable String what;

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeText.Converter.class,
      description = "Looks for an id from then on: " + TimeText.FORMS + ". Default: 3d")
  private @Nullable TimeText since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Looks for an id in at most N prompts. Default: ${DEFAULT-VALUE}")
  private long limit;

  @Option(names = "--json", description = "One JSON object")
  private boolean json;

  @Mixin private final Connection connection = new Connection();

  public TraceCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          Objects.requireNonNull(spec, "picocli sets it").commandLine(),
          "--limit must be 1 or more");
    }
    ServiceConfig config = connection.config(here.environment());
    try (TopicScan scan =
        TopicScan.open(config, needed(config), here.clock(), here.err()::println)) {
      Prompt prompt =
          find(Objects.requireNonNull(what, "picocli asks for it"), new PromptFinder(scan, config));
      Trace trace = Trace.of(prompt, new TrailReader(scan, config), here.clock().instant());
      if (json) {
        here.out().println(trace.json().toPrettyString());
      } else {
        trace.lines().forEach(here.out()::println);
      }
      return ExitCode.OK;
    }
  }

  private static List<String> needed(ServiceConfig config) {
    Topics topics = Topics.from(config);
    var needed = new ArrayList<>(topics.allPrompts());
    needed.addAll(topics.inner());
    needed.add(topics.deadLetters());
    return needed;
  }

  private Prompt find(String text, PromptFinder finder) {
    Optional<Coordinates> place = finder.coordinates(text);
    if (place.isPresent()) {
      return finder.at(place.get());
    }
    var now = here.clock().instant();
    var from = since == null ? now.minus(USUAL_SINCE) : since.from().apply(now);
    PromptFinder.Search search = finder.byId(text, from, limit);
    List<Prompt> found = search.prompts();
    if (!search.whole()) {
      here.err()
          .println(
              "looked at %d prompts and not at all: name a later --since or a larger --limit"
                  .formatted(search.read()));
    }
    if (found.isEmpty()) {
      throw new CommandException(
          "none of %d prompts since %s has the id %s: name an earlier --since, or coordinates; topics of prompts.topics are known from --config"
              .formatted(search.read(), from, Legible.line(text, 80)));
    }
    if (found.size() > 1) {
      List<Prompt> others = found.subList(0, found.size() - 1);
      here.err()
          .println(
              "%d prompts have this id, the newest is told; the others: %s%s"
                  .formatted(
                      found.size(),
                      others.stream()
                          .limit(OTHERS_SHOWN)
                          .map(prompt -> prompt.place().toString())
                          .collect(Collectors.joining(", ")),
                      others.size() > OTHERS_SHOWN ? " and more" : ""));
    }
    return found.get(found.size() - 1);
  }
}
