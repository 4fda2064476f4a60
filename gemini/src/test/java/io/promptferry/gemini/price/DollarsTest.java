package io.promptferry.gemini.price;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DollarsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0        | $0.00
          0.00001  | under $0.0001
          0.0001   | $0.0001
          0.03125  | $0.0313
          0.3      | $0.30
          0.625    | $0.625
          0.9949   | $0.9949
          0.99999  | $1.00
          1        | $1.00
          1234.495 | $1,234.50
          """)
  void amountsAreRounded(BigDecimal amount, String text) {
    assertThat(Dollars.text(amount)).isEqualTo(text);
  }
}
