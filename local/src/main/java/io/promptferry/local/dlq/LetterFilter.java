package io.promptferry.local.dlq;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which dead letters are wanted.
 *
 * <p>Times are those of the rejection and not of the prompt: what was rejected while something was
 * wrong lies between two of them also where the batcher was behind, and what came since a look is
 * all that is rejected since.
 *
 * @param reasons empty for all
 * @param since the earliest time of rejection
 * @param until the time before which it lies
 * @param prompt where the one prompt stands
 */
public record LetterFilter(
    Set<String> reasons,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<Coordinates> prompt)
    implements Predicate<DeadLetter> {

  public LetterFilter {
    reasons = Set.copyOf(reasons);
  }

  /** Those of one prompt. */
  public static LetterFilter of(Coordinates prompt) {
    return new LetterFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.of(prompt));
  }

  @Override
  public boolean test(DeadLetter letter) {
    return (reasons.isEmpty() || reasons.contains(letter.reason()))
        && since.map(time -> !letter.rejectedAt().isBefore(time)).orElse(true)
        && until.map(time -> letter.rejectedAt().isBefore(time)).orElse(true)
        && prompt.map(letter.prompt()::equals).orElse(true);
  }
}
