package io.promptferry.poller;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What the poller counts. */
final class PollMetrics {

  private final MeterRegistry registry;
  private final AtomicInteger open;

  PollMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.open = registry.gauge("promptferry.jobs.open", new AtomicInteger());
  }

  void open(int jobs) {
    open.set(jobs);
  }

  void ended(String state) {
    registry.counter("promptferry.jobs.ended", "state", state).increment();
  }

  void failed(String kind) {
    registry.counter("promptferry.provider.refusals", "call", "get", "kind", kind).increment();
  }
}
