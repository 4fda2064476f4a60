package io.promptferry.local.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LetterFilterTest {

  private static final LetterFilter ALL =
      new LetterFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

  private final DeadLetter letter = Letters.letter(17, 500, "BAD_MODEL", 0);

  @Test
  void withoutWishesAllAreWanted() {
    assertThat(ALL).accepts(letter);
  }

  @Test
  void choosesByReason() {
    assertThat(reasons("NO_MODEL", "BAD_MODEL")).accepts(letter);
    assertThat(reasons("NO_MODEL")).rejects(letter);
  }

  @Test
  void choosesByTheTimeOfTheRejectionTheEndExcluded() {
    assertThat(times(500, 501)).accepts(letter);
    assertThat(times(501, 900)).rejects(letter);
    // The prompt's own time lies within.
    assertThat(times(0, 500)).rejects(letter);
  }

  @Test
  void choosesByThePrompt() {
    assertThat(LetterFilter.of(new Coordinates("prompts", 1, 17))).accepts(letter);
    assertThat(LetterFilter.of(new Coordinates("prompts", 1, 18))).rejects(letter);
    // Where the letter itself stands is no coordinate of a prompt.
    assertThat(LetterFilter.of(letter.place())).rejects(letter);
  }

  private static LetterFilter reasons(String... reasons) {
    return new LetterFilter(Set.of(reasons), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static LetterFilter times(int since, int until) {
    return new LetterFilter(
        Set.of(),
        Optional.of(Letters.START.plusMillis(since)),
        Optional.of(Letters.START.plusMillis(until)),
        Optional.empty());
  }
}
