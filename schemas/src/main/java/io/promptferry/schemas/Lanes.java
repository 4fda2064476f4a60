package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.Lane;
import java.net.URLEncoder;
import java.util.TreeMap;

/** The Kafka key of a lane. */
public final class Lanes {

  /** The label of lanes of kind ISOLATION, a different value for each part of a split batch. */
  public static final String PART = "part";

  private Lanes() {}

  /**
   * {@code <model>|<account>|<kind>}, and behind them {@code |<name>=<value>} for each label by
   * name. Labels are percent-encoded, so that no two lanes have one key.
   */
  public static String name(Lane lane) {
    var name = new StringBuilder();
    name.append(lane.getModel()).append('|').append(lane.getAccount());
    name.append('|').append(lane.getKind());
    new TreeMap<>(lane.getLabels())
        .forEach(
            (label, value) ->
                name.append('|').append(encode(label)).append('=').append(encode(value)));
    return name.toString();
  }

  public static byte[] key(Lane lane) {
    return name(lane).getBytes(UTF_8);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
