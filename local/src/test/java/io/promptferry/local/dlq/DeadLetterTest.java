package io.promptferry.local.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.schemas.HeaderNames;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  @Test
  void readsItsHeaders() {
    assertThat(DeadLetter.of(Letters.record("v", Letters.rejected(HeaderNames.REPLAYS, "2"))))
        .isEqualTo(
            new DeadLetter(
                new Coordinates("prompts.dlq", 0, 5),
                Letters.START,
                Letters.START.minusSeconds(1),
                "BAD_MODEL",
                "no such model",
                new Coordinates("prompts", 1, 17),
                Optional.of("key"),
                2,
                OptionalLong.empty(),
                false));
  }

  @Test
  void whatWasRejectedLastCounts() {
    String[] headers =
        Letters.rejected(HeaderNames.REASON, "FORGED", HeaderNames.ERROR_OFFSET, "99");
    DeadLetter letter = DeadLetter.of(Letters.record("v", headers));
    assertThat(letter.reason()).isEqualTo("BAD_MODEL");
    assertThat(letter.prompt()).hasToString("prompts-1-17");
  }

  @Test
  void onePutThereByHandIsReadAsTheCollectorAnswersIt() {
    DeadLetter letter =
        DeadLetter.of(Letters.record("v", HeaderNames.ERROR_OFFSET, "x", "other", "h"));
    assertThat(letter.reason()).isEqualTo("UNDECODABLE");
    assertThat(letter.prompt()).hasToString("prompts.dlq-0-5");
    assertThat(letter.promptedAt()).isEqualTo(Letters.START);
    assertThat(letter.replays()).isZero();
    assertThat(letter.knowsItsPrompt()).isFalse();
  }

  @Test
  void onlyAValueThatIsNotThereIsMissing() {
    String[] large = Letters.rejected(HeaderNames.VALUE_BYTES, "2000000");
    assertThat(DeadLetter.of(Letters.record(null, large)).missingBytes()).hasValue(2_000_000);
    assertThat(DeadLetter.of(Letters.record("v", large)).missingBytes()).isEmpty();
    assertThat(DeadLetter.of(Letters.record(null, Letters.rejected())).missingBytes()).isEmpty();
  }

  @Test
  void oneWithoutItsHeadersOrItsKeyIsIncomplete() {
    for (String missing : new String[] {HeaderNames.HEADER_BYTES, HeaderNames.KEY_BYTES}) {
      DeadLetter letter = DeadLetter.of(Letters.record("v", Letters.rejected(missing, "950000")));
      assertThat(letter.incomplete()).as(missing).isTrue();
      assertThat(letter.json().get("incomplete").booleanValue()).isTrue();
    }
    String[] large = Letters.rejected(HeaderNames.VALUE_BYTES, "2000000");
    assertThat(DeadLetter.of(Letters.record(null, large)).incomplete()).isFalse();
  }

  @Test
  void aHugeNumberOfReplaysStaysANumber() {
    var record = Letters.record("v", HeaderNames.REPLAYS, "999999999999999999");
    assertThat(DeadLetter.of(record).replays()).isEqualTo(Integer.MAX_VALUE - 1);
  }
}
