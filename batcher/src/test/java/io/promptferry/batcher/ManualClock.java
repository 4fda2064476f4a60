package io.promptferry.batcher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until it is moved. */
public final class ManualClock extends Clock {

  public static final Instant START = Instant.parse("2026-01-31T23:59:59Z");

  private volatile Instant now = START;

  public void advance(Duration step) {
    now = now.plus(step);
  }

  /** Never back. */
  public void advanceTo(Instant then) {
    if (then.isAfter(now)) {
      now = then;
    }
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
