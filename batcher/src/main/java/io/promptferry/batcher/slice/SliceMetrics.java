package io.promptferry.batcher.slice;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.schemas.ErrorReason;

/** What the slicer counts. */
final class SliceMetrics {

  private final MeterRegistry registry;

  SliceMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void accepted() {
    registry.counter("promptferry.prompts.sliced").increment();
  }

  void rejected(ErrorReason reason) {
    registry.counter("promptferry.prompts.rejected", "reason", reason.name()).increment();
  }
}
