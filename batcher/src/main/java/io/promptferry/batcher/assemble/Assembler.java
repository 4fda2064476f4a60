package io.promptferry.batcher.assemble;

import io.promptferry.batcher.lane.Lanes;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.spans.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Adds each slice to its lane's open batch and forwards the batches that are closed. */
final class Assembler implements Processor<String, Slice, String, Batch> {

  private final SealRules rules;
  private final Duration tick;
  private final BatchIds ids;
  private final BiConsumer<SealReason, Batch> sealed;
  private ProcessorContext<String, Batch> context;
  private LaneStores lanes;

  @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
  Assembler(SealRules rules, Duration tick, BatchIds ids, BiConsumer<SealReason, Batch> sealed) {
    this.rules = rules;
    this.tick = tick;
    this.ids = ids;
    this.sealed = sealed;
  }

  @Override
  public void init(ProcessorContext<String, Batch> context) {
    this.context = context;
    this.lanes =
        new LaneStores(
            context.getStateStore(AssembleTopology.BATCHES),
            context.getStateStore(AssembleTopology.SLICES));
    // By the wall clock: stream time stands still in a lane that nobody writes to, and its batch
    // would never close.
    context.schedule(tick, PunctuationType.WALL_CLOCK_TIME, this::sealDue);
  }

  @Override
  public void process(Record<String, Slice> record) {
    Slice slice = record.value();
    String lane = Lanes.name(slice.getLane());
    Instant now = now();
    OpenBatch batch = lanes.batch(lane);
    if (batch != null) {
      var reason = rules.overflow(batch, slice);
      if (reason.isPresent()) {
        seal(lane, batch, reason.get(), now);
        batch = null;
      }
    }
    OpenBatch grown = lanes.add(lane, batch == null ? open(now) : batch, slice);
    rules.reached(grown, slice).ifPresent(reason -> seal(lane, grown, reason, now));
  }

  private void sealDue(long timestamp) {
    Instant now = Instant.ofEpochMilli(timestamp);
    lanes
        .all()
        .forEach(
            entry ->
                rules
                    .due(entry.value, now)
                    .ifPresent(reason -> seal(entry.key, entry.value, reason, now)));
  }

  private OpenBatch open(Instant now) {
    return OpenBatch.newBuilder()
        .setBatchId(ids.next(now))
        .setSlices(0)
        .setCount(0)
        .setBytes(0)
        .setTokens(0)
        .setSpanBytes(0)
        .setOpenedAt(now)
        .build();
  }

  private void seal(String lane, OpenBatch open, SealReason reason, Instant now) {
    List<Slice> slices = lanes.remove(lane, open);
    Batch batch =
        Batch.newBuilder()
            .setBatchId(open.getBatchId())
            .setLane(slices.get(0).getLane())
            .setSpans(Spans.merge(slices.stream().map(Slice::getSpan).toList()))
            .setCount(open.getCount())
            .setBytes(open.getBytes())
            .setTokens(open.getTokens())
            .setDeadline(open.getDeadline())
            .setOpenedAt(open.getOpenedAt())
            .setSealedAt(now)
            .setSealReason(reason)
            .build();
    sealed.accept(reason, batch);
    context.forward(new Record<>(batch.getBatchId(), batch, now.toEpochMilli()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }
}
