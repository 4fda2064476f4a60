package io.promptferry.simulator.gate;

import java.util.Locale;

/** What happens at a {@link Point}. */
public enum Event {
  /** The instance does nothing any more, and a successor takes over. */
  CRASH,
  /** A successor takes over and finishes; then the instance goes on where it was. */
  PAUSE,
  /** The connection breaks, or no reply comes in time; the same instance goes on. */
  FAULT,
  /** 503 and no effect; the same instance goes on. */
  UNAVAILABLE;

  /** Whether somebody else goes on. */
  public boolean hasSuccessor() {
    return this == CRASH || this == PAUSE;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
