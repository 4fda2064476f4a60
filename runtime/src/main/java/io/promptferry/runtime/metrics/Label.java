package io.promptferry.runtime.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A label of a metric.
 *
 * @param values what it may say; the text of the docs. Bounded always, and never a prompt's key
 */
public record Label(String name, String values) {

  /** The provider account that pays; each has a file or a line of configuration. */
  public static final Label ACCOUNT = new Label("account", "the accounts");

  /** A label whose values are these, or are described so. */
  public static Label of(String name, String... values) {
    return new Label(name, String.join(", ", List.of(values)));
  }

  /** A label whose values are an enum's names. */
  public static Label of(String name, Enum<?>[] values) {
    return new Label(name, Arrays.stream(values).map(Enum::name).collect(Collectors.joining(", ")));
  }
}
