package io.promptferry.batcher.assemble;

import io.promptferry.batcher.BatchAbout;
import io.promptferry.batcher.assemble.ParkedSlices.Parked;
import io.promptferry.batcher.lane.Admission;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.lane.LanePolicy;
import io.promptferry.records.Batch;
import io.promptferry.records.OpenBatch;
import io.promptferry.records.SealReason;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.runtime.log.LogScope;
import io.promptferry.runtime.trace.BatchSpan;
import io.promptferry.schemas.BatchKey;
import io.promptferry.schemas.Lanes;
import io.promptferry.spans.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds each slice to its lane's open batch, or parks it until it may go into one, and forwards the
 * batches that are closed.
 */
final class Assembler implements Processor<String, Slice, String, Batch> {

  private static final Logger LOG = LoggerFactory.getLogger(Assembler.class);

  private final LanePolicies policies;
  private final Duration tick;
  private final BatchIds ids;
  private final AssembleMetrics metrics;
  private ProcessorContext<String, Batch> context;
  private LaneStores lanes;
  private ParkedSlices parked;
  private @Nullable Cancellable ticking;

  @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
  Assembler(LanePolicies policies, Duration tick, BatchIds ids, AssembleMetrics metrics) {
    this.policies = policies;
    this.tick = tick;
    this.ids = ids;
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, Batch> context) {
    this.context = context;
    this.lanes =
        new LaneStores(
            context.getStateStore(AssembleTopology.BATCHES),
            context.getStateStore(AssembleTopology.SLICES));
    this.parked = new ParkedSlices(context.getStateStore(AssembleTopology.PARKED));
    if (!parked.tally().isEmpty() || !lanes.all().isEmpty()) {
      watchClock();
    }
  }

  /**
   * By the wall clock: stream time stands still in a lane that nobody writes to, and its batch
   * would never close. Only while there is something to close, since Streams commits a transaction
   * after every tick, whatever came of it.
   */
  private void watchClock() {
    if (ticking == null) {
      ticking = context.schedule(tick, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }
  }

  @Override
  public void process(Record<String, Slice> record) {
    long now = context.currentSystemTimeMs();
    // It came when it was written: a moment of the schedule may have passed while nobody read.
    long came = Math.min(record.timestamp(), now);
    Instant since = Instant.ofEpochMilli(came);
    long offset = context.recordMetadata().orElseThrow().offset();
    place(new Parked(since, since, offset, record.value()), since, Instant.ofEpochMilli(now));
    watchClock();
  }

  private void tick(long timestamp) {
    Instant now = Instant.ofEpochMilli(timestamp);
    // A millisecond back, so that the moment it was parked for counts.
    Instant released = parked.release(now, it -> place(it, it.due().minusMillis(1), now));
    if (released.equals(now)) {
      // Moments before now were not of the schedule that holds now.
      parked.review(now, it -> staysParked(it, now), it -> place(it, now, now));
    }
    long open = 0;
    long prompts = 0;
    Instant oldest = now;
    for (KeyValue<String, OpenBatch> entry : lanes.all()) {
      var reason = rules(entry.value).due(entry.value, now, released);
      if (reason.isPresent()) {
        seal(entry.key, entry.value, reason.get(), now);
      } else {
        open++;
        prompts += entry.value.getCount();
        Instant opened = entry.value.getOpenedAt();
        oldest = opened.isBefore(oldest) ? opened : oldest;
      }
    }
    metrics.holds(
        context.taskId().partition(),
        new AssembleMetrics.Load(
            open,
            prompts,
            Duration.between(oldest, now).toMillis() / 1000.0,
            parked.tally().load(now)));
    if (open == 0 && parked.tally().isEmpty() && ticking != null) {
      ticking.cancel();
      ticking = null;
    }
  }

  private boolean staysParked(Parked it, Instant now) {
    Admission admission = policies.of(it.slice().getLane()).admit(it.slice(), now, now);
    return admission.equals(new Admission.Later(it.due()));
  }

  private void place(Parked it, Instant since, Instant now) {
    LanePolicy policy = policies.of(it.slice().getLane());
    Admission admission = policy.admit(it.slice(), since, now);
    if (admission instanceof Admission.Later later) {
      parked.park(it.until(later.until()));
    } else if (admission instanceof Admission.Now admitted) {
      add(it.slice(), new SealRules(policy.limits()), admitted.closesAt(), now);
    }
  }

  private void add(Slice slice, SealRules rules, @Nullable Instant closesAt, Instant now) {
    String lane = Lanes.name(slice.getLane());
    OpenBatch batch = lanes.batch(lane);
    if (batch != null) {
      var reason = rules.overflow(batch, slice);
      if (reason.equals(Optional.of(SealReason.SPAN_BYTES))) {
        batch = merge(lane, batch);
        reason = rules.overflowMerged(batch, slice);
      }
      if (reason.isPresent()) {
        seal(lane, batch, reason.get(), now);
        batch = null;
      }
    }
    OpenBatch open = batch == null ? open(slice, closesAt, now) : batch;
    rules.oversized(slice).ifPresent(limit -> warn(slice, open, limit));
    OpenBatch grown = lanes.add(lane, open, slice);
    rules.reached(grown, slice).ifPresent(reason -> seal(lane, grown, reason, now));
  }

  /**
   * Lets neighbours among the batch's slices share an entry, as they share a span once it is
   * closed. Only when there is no more room, once in thousands of slices: looking for the neighbour
   * of each as it comes would cost every one a lookup.
   */
  @SuppressWarnings("try") // A scope does its work by being open.
  private OpenBatch merge(String lane, OpenBatch open) {
    try (var scope = LogScope.ofBatch(open.getBatchId(), null)) {
      List<Slice> slices = lanes.remove(lane, open);
      // What was added up stands in the batch's own counters.
      var common = Slice.newBuilder(slices.get(0)).setBytes(0).setTokens(0);
      return lanes.put(
          lane,
          open,
          spans(open, slices).stream().map(span -> common.setSpan(span).build()).toList());
    }
  }

  private OpenBatch open(Slice slice, @Nullable Instant closesAt, Instant now) {
    return OpenBatch.newBuilder()
        .setBatchId(ids.next(now))
        .setLane(slice.getLane())
        .setSlices(0)
        .setCount(0)
        .setBytes(0)
        .setTokens(0)
        .setSpanBytes(0)
        .setOpenedAt(now)
        .setClosesAt(closesAt)
        .build();
  }

  @SuppressWarnings("try") // As above.
  private void seal(String lane, OpenBatch open, SealReason reason, Instant now) {
    try (var scope = LogScope.ofBatch(open.getBatchId(), null)) {
      sealInScope(lane, open, reason, now);
    }
  }

  private void sealInScope(String lane, OpenBatch open, SealReason reason, Instant now) {
    List<Slice> slices = lanes.remove(lane, open);
    Slice first = slices.get(0);
    Batch batch =
        Batch.newBuilder()
            .setBatchId(open.getBatchId())
            .setLane(first.getLane())
            .setSpans(spans(open, slices))
            .setCount(open.getCount())
            .setBytes(open.getBytes())
            .setTokens(open.getTokens())
            .setDeadline(open.getDeadline())
            .setOpenedAt(open.getOpenedAt())
            .setSealedAt(now)
            .setSealReason(reason)
            .setRootBatchId(first.getRootBatchId())
            .setDepth(first.getDepth())
            .setResendLimits(policies.resendLimits(first.getLane()))
            .build();
    metrics.sealed(reason, batch.getCount(), rules(open).fill(open));
    LOG.info(
        "batch {} is closed by {}: {} prompts of lane {}",
        batch.getBatchId(),
        reason,
        batch.getCount(),
        lane);
    context.forward(new Record<>(BatchKey.name(batch), batch, now.toEpochMilli()));
    BatchSpan.since(open.getOpenedAt(), "gather batch", BatchAbout.of(batch))
        .after(BatchAbout.earlier(batch))
        .outcome(reason.name().toLowerCase(Locale.ROOT))
        .end(now);
  }

  private List<Span> spans(OpenBatch open, List<Slice> slices) {
    var overlaps = new ArrayList<Spans.Overlap>();
    List<Span> spans = Spans.merge(slices.stream().map(Slice::getSpan).toList(), overlaps::add);
    if (!overlaps.isEmpty()) {
      metrics.overlapping(overlaps.size());
      LOG.error(
          "slices of batch {} hold the same offsets in {} places, which are sent once; the first: {}."
              + " Prompts may have been sliced twice: compare the slices topic before and after",
          open.getBatchId(),
          overlaps.size(),
          overlaps.get(0));
    }
    return spans;
  }

  @SuppressWarnings("try") // As above.
  private void warn(Slice slice, OpenBatch batch, SealReason limit) {
    metrics.oversized();
    try (var scope = LogScope.ofBatch(batch.getBatchId(), null)) {
      LOG.warn(
          "a slice of {} prompts, {} bytes and {} tokens is by itself larger than its lane allows ({})"
              + " and makes batch {} alone; were the limits lowered?",
          slice.getSpan().getCount(),
          slice.getBytes(),
          slice.getTokens(),
          limit,
          batch.getBatchId());
    }
  }

  private SealRules rules(OpenBatch batch) {
    return new SealRules(policies.of(batch.getLane()).limits());
  }

  @Override
  public void close() {
    metrics.gone(context.taskId().partition());
  }
}
