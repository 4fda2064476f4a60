package io.promptferry.gemini.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricesTest {

  private final Prices prices = Prices.shipped();

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-pro,              200000, 1.25, 10",
    "gemini-2.5-pro,              200001, 2.50, 15",
    "gemini-2.5-flash,                 0, 0.30, 2.50",
    "gemini-2.5-flash-lite,      9000000, 0.10, 0.40",
    "models/gemini-2.5-flash,          1, 0.30, 2.50",
    "gemini-2.5-flash-001,             1, 0.30, 2.50",
    "models/gemini-2.5-flash-lite-002, 1, 0.10, 0.40",
  })
  void theModelsThatAreKnown(String model, long tokens, String input, String output) {
    assertThat(prices.of(model, tokens))
        .hasValueSatisfying(
            price -> {
              assertThat(price.input()).isEqualByComparingTo(input);
              assertThat(price.output()).isEqualByComparingTo(output);
              assertThat(price.batchDiscount()).isEqualByComparingTo("0.5");
            });
  }

  @Test
  void usualRequestsAreShort() {
    assertThat(prices.of("gemini-2.5-pro")).isEqualTo(prices.of("gemini-2.5-pro", 100));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gemini-2.5",
        "gemini-2.5-flash-image",
        "gemini-2.5-flash-preview-tts",
        "gemini-2.5-flash-preview-04-17",
        "gemini-9-flash",
        "tunedModels/gemini-2.5-flash"
      })
  void anyOtherModelHasNoPrice(String model) {
    assertThat(prices.of(model)).isEmpty();
  }

  @Test
  void theySayWhenAndWhere() {
    assertThat(prices.asOf()).isAfter(LocalDate.of(2025, 1, 1));
    assertThat(prices.source()).startsWith("https://ai.google.dev/");
  }

  @Test
  void costsAreExactAndBatchesSaveTheDiscount() {
    Price flash = prices.of("gemini-2.5-flash").orElseThrow();
    assertThat(flash.interactive(1_000_000, 2_000_000)).isEqualByComparingTo("5.30");
    assertThat(flash.interactive(1, 1)).isEqualByComparingTo("0.0000028");
    assertThat(flash.batch(1, 1)).isEqualByComparingTo("0.0000014");
    assertThat(flash.batch(3_000_000_000_000L, 0)).isEqualByComparingTo("450000");
    assertThat(flash.inBatches().output()).isEqualByComparingTo("1.25");
    assertThat(flash.interactive(0, 0)).isZero();
  }

  @Test
  void anotherFileIsReadTheSameWay() throws IOException {
    Prices other =
        read(
            """
            {"asOf": "2030-01-31", "source": "s", "note": "n", "batchDiscount": 0.25,
             "models": [{"model": "m", "input": 4, "output": 8}]}
            """);
    assertThat(other.asOf()).isEqualTo("2030-01-31");
    assertThat(other.of("m").map(price -> price.batch(1_000_000, 1_000_000)))
        .map(cost -> cost.stripTrailingZeros().toPlainString())
        .isEqualTo(Optional.of("9"));
  }

  @Test
  void aFileWithAFieldThatMeansNothingIsRefused() {
    assertThatThrownBy(() -> read("{\"asof\": \"2030-01-31\"}")).isInstanceOf(IOException.class);
  }

  private static Prices read(String json) throws IOException {
    return Prices.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }
}
