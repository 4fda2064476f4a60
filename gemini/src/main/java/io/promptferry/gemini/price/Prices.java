package io.promptferry.gemini.price;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The provider's prices as of a date, for models that are known; from {@code prices.json} beside
 * this class, which names its source.
 */
public final class Prices {

  private static final String RESOURCE = "prices.json";
  private static final ObjectReader JSON = new ObjectMapper().readerFor(Content.class);

  /** {@code gemini-2.5-flash-001}. A preview, or a model for images or speech, has other prices. */
  private static final Pattern VERSION = Pattern.compile("-\\d{3}$");

  private record Content(
      String asOf, String source, String note, BigDecimal batchDiscount, List<Entry> models) {}

  private record Entry(String model, @Nullable Long upTo, BigDecimal input, BigDecimal output) {
    long limit() {
      return upTo == null ? Long.MAX_VALUE : upTo;
    }
  }

  private final Content content;
  private final LocalDate asOf;

  private Prices(Content content) {
    this.content = content;
    this.asOf = LocalDate.parse(content.asOf());
  }

  /**
   * The prices that are shipped.
   *
   * @throws UncheckedIOException when the build left them out, or they are damaged
   */
  public static Prices shipped() {
    try (InputStream in = Prices.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new FileNotFoundException(RESOURCE + " is not on the class path: build gemini again");
      }
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  static Prices read(InputStream in) throws IOException {
    return new Prices(JSON.readValue(in));
  }

  /** The day on which they were the provider's. */
  public LocalDate asOf() {
    return asOf;
  }

  /** Where they are published. */
  public String source() {
    return content.source();
  }

  /** {@link #of(String, long)} for requests of usual length. */
  public Optional<Price> of(String model) {
    return of(model, 0);
  }

  /**
   * The price of a model's tokens; empty where it is not known.
   *
   * @param model with or without {@code models/} before it and a version such as {@code -001}
   *     behind it
   * @param inputTokens of one request: past a limit, the tokens of long ones cost more
   */
  public Optional<Price> of(String model, long inputTokens) {
    String name = VERSION.matcher(model.replaceFirst("^models/", "")).replaceFirst("");
    return content.models().stream()
        .filter(entry -> entry.model().equals(name) && inputTokens <= entry.limit())
        .min(Comparator.comparingLong(Entry::limit))
        .map(entry -> new Price(entry.input(), entry.output(), content.batchDiscount()));
  }
}
