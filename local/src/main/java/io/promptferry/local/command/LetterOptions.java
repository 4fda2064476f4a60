package io.promptferry.local.command;

import io.promptferry.local.dlq.Coordinates;
import io.promptferry.local.dlq.LetterFilter;
import io.promptferry.schemas.ErrorReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which dead letters are chosen. */
final class LetterOptions {

  @Option(
      names = "--reason",
      paramLabel = "R",
      split = ",",
      splitSynopsisLabel = ",",
      description = "Only these reasons, as in error.reason of the answers")
  private List<ErrorReason> reasons = List.of();

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeText.Converter.class,
      description = "Only what was rejected then or later: " + TimeText.FORMS)
  private @Nullable TimeText since;

  @Option(
      names = "--until",
      paramLabel = "T",
      converter = TimeText.Converter.class,
      description = "Only what was rejected before then")
  private @Nullable TimeText until;

  /** Whether reasons were named. */
  boolean hasReasons() {
    return !reasons.isEmpty();
  }

  /** What was asked for; ages are counted back from {@code now}. */
  LetterFilter filter(Optional<Coordinates> prompt, Instant now) {
    return new LetterFilter(
        reasons.stream().map(ErrorReason::name).collect(Collectors.toSet()),
        Optional.ofNullable(since).map(time -> time.from().apply(now)),
        Optional.ofNullable(until).map(time -> time.from().apply(now)),
        prompt);
  }
}
