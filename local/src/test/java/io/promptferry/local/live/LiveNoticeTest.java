package io.promptferry.local.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.gemini.price.Prices;
import io.promptferry.records.PromptEvent;
import io.promptferry.request.TokenEstimate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LiveNoticeTest {

  private static final String KEY = "AIza-not-to-be-seen";
  private static final Prices PRICES = Prices.shipped();

  private final LiveNotice google = notice(Optional.empty());

  @Test
  void whatIsSentAndWhatItCostsIsTold() {
    // 2,000,000 in and 1,000,000 out, at half of $0.30 and $2.50 a million.
    List<String> lines = google.before(new Shipment(2000, 2_000_000, "gemini-2.5-flash", 2));
    assertThat(lines)
        .contains(
            "--live sends to Google (https://generativelanguage.googleapis.com), and the project of"
                + " GEMINI_API_KEY pays:",
            "  prompts   2,000 to gemini-2.5-flash, in about 2 batches",
            "  input     2,000,000 tokens, estimated on the high side",
            "  output    1,000,000 tokens, assuming 500 a prompt with thinking; it may be more",
            "  cost      about $1.55 in batches (one by one: $3.10)",
            "  prices    a million tokens in and out $0.15 and $1.25 in batches, $0.30 and $2.50"
                + " one by one; as of "
                + PRICES.asOf()
                + ", see "
                + PRICES.source());
    assertThat(lines).last().asString().contains("hours", "Ctrl-C", "leaves jobs at Google");
  }

  @Test
  void aModelWithoutAPriceIsSaidToHaveNone() {
    assertThat(google.before(new Shipment(1, 10, "gemini-9", 1)))
        .contains("  prompts   1 to gemini-9, in about 1 batch", "  cost      price unknown")
        .anyMatch(
            line ->
                line.startsWith(
                    "  prices    price unknown: gemini-9 is not among those as of "
                        + PRICES.asOf()));
  }

  @Test
  void whereNothingIsKnownBeforehandThatIsSaid() {
    assertThat(google.before("gemini-2.5-pro"))
        .anyMatch(line -> line.contains("whatever is produced") && line.contains("pays"))
        .anyMatch(line -> line.contains("$0.625 and $5.00 in batches, $1.25 and $10.00 one by one"))
        .anyMatch(line -> line.contains("not known beforehand"));
  }

  @Test
  void anotherAddressIsShownAndNamedInEveryCommand() {
    LiveNotice other = notice(Optional.of("http://127.0.0.1:1"));
    assertThat(other.before(new Shipment(1, 10, "m", 1)).get(0))
        .startsWith(
            "--live sends to http://127.0.0.1:1, as gemini.base.url says, and not to Google");
    assertThat(other.before("m").get(0)).contains("http://127.0.0.1:1").contains("not to Google");
    assertThat(other.before("m")).last().asString().contains("leaves jobs at http://127.0.0.1:1,");
    assertThat(other.afterwards(Path.of("/data"), List.of()))
        .contains("  ./promptferry up --live --data /data --set gemini.base.url=http://127.0.0.1:1")
        .anyMatch(line -> line.contains("PROMPTFERRY_GEMINI_BASE_URL=http://127.0.0.1:1 "));
  }

  @Test
  void jobsThatAreLeftAreNamedWithWhatCanBeDone() {
    assertThat(google.afterwards(Path.of("/data"), List.of("b1", "b2")))
        .contains(
            "Jobs that were made go on at Google and are billed. Of these batches they may be: b1, b2",
            "  ./promptferry up --live --data /data",
            "  PROMPTFERRY_GEMINI_API_KEY=\"$GEMINI_API_KEY\" ./promptferry jobs cancel BATCH --yes");
    List<String> many = IntStream.range(0, 14).mapToObj(i -> "b" + i).toList();
    assertThat(google.afterwards(Path.of("/data"), many).get(0)).endsWith("b9, 4 more");
    assertThat(google.meanwhile("h:1", "http://r"))
        .contains(
            "  PROMPTFERRY_GEMINI_API_KEY=\"$GEMINI_API_KEY\" ./promptferry jobs cancel BATCH --yes"
                + " --bootstrap h:1 --registry http://r");
  }

  @Test
  void theKeyIsNeverTold() {
    assertThat(
            Stream.of(
                google.before("m"),
                google.before(new Shipment(1, 1, "m", 1)),
                google.meanwhile("h", "r"),
                google.afterwards(Path.of("/d"), List.of())))
        .noneMatch(lines -> lines.toString().contains(KEY));
  }

  @Test
  void aShipmentIsTheSumOfItsPrompts() {
    PromptEvent prompt = PromptEvent.newBuilder().setPrompt("How are you?").build();
    assertThat(Shipment.of(Stream.of(prompt, prompt, prompt), "m", 2))
        .isEqualTo(new Shipment(3, 3 * TokenEstimate.of(prompt), "m", 2));
    assertThat(Shipment.of(Stream.of(prompt, prompt), "m", 2).batches()).isEqualTo(1);
  }

  private static LiveNotice notice(Optional<String> address) {
    return new LiveNotice(LiveAccess.from(Map.of("GEMINI_API_KEY", KEY), address), PRICES);
  }
}
