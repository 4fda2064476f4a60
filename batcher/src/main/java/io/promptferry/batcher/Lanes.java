package io.promptferry.batcher;

import io.promptferry.records.Lane;
import java.nio.charset.StandardCharsets;

/** The Kafka key of a lane. */
public final class Lanes {

  private Lanes() {}

  /** {@code <model>|<account>|<kind>}; none of the three holds a bar. */
  public static String name(Lane lane) {
    return lane.getModel() + "|" + lane.getAccount() + "|" + lane.getKind();
  }

  public static byte[] key(Lane lane) {
    return name(lane).getBytes(StandardCharsets.UTF_8);
  }
}
