package io.promptferry.simulator.gate;

import java.util.Locale;

/** Where on the way of a call something happens. */
public enum Point {
  BEFORE_THE_REQUEST,
  /** It has taken effect. */
  BEFORE_THE_REPLY,
  /** It has taken effect, and the connection broke. */
  REPLY_LOST;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
