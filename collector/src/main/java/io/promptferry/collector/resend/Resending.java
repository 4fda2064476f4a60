package io.promptferry.collector.resend;

import io.promptferry.records.Attempt;
import io.promptferry.records.Batch;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.records.Slice;
import io.promptferry.schemas.Lanes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the prompts of a batch that are sent again into slices, which go out with the chunk that
 * they belong to.
 */
public final class Resending {

  /** In which slices prompts may be together. */
  private record Group(int span, Lane lane, Attempt attempt) {}

  private final Batch batch;
  private final @Nullable String job;
  private final Map<Group, OpenSlice> open = new LinkedHashMap<>();
  private final List<Slice> full = new ArrayList<>();

  /**
   * Of one batch.
   *
   * @param job the job that did not answer
   */
  public Resending(Batch batch, @Nullable String job) {
    this.batch = batch;
    this.job = job;
  }

  /**
   * Sends a prompt again by itself, in whatever batch comes next after a time.
   *
   * @param reason why the attempt did not answer
   */
  public void retry(ResentPrompt prompt, String reason, @Nullable Integer code, Instant notBefore) {
    Lane lane = batch.getLane();
    var labels = new HashMap<>(lane.getLabels());
    labels.remove(Lanes.PART);
    var group =
        new Group(
            prompt.span(),
            new Lane(lane.getModel(), lane.getAccount(), LaneKind.RETRY, labels),
            attempt(reason, code));
    slice(group, prompt).add(prompt, notBefore);
  }

  /**
   * Sends a prompt again in a part of the batch, which becomes a batch of its own.
   *
   * @param last whether it is the part's last prompt, with which its batch is closed
   */
  public void part(
      ResentPrompt prompt, int part, boolean last, String reason, @Nullable Integer code) {
    Lane lane = batch.getLane();
    var labels = new HashMap<>(lane.getLabels());
    // A lane of its own, so that no other prompt rides with those under suspicion.
    labels.put(Lanes.PART, batch.getBatchId() + "." + part);
    var group =
        new Group(
            prompt.span(),
            new Lane(lane.getModel(), lane.getAccount(), LaneKind.ISOLATION, labels),
            attempt(reason, code));
    OpenSlice slice = slice(group, prompt);
    slice.add(prompt, null);
    if (last) {
      closeOthers(group);
      slice.sealAtOnce();
      close(group);
    }
  }

  private Attempt attempt(String reason, @Nullable Integer code) {
    return new Attempt(batch.getBatchId(), job, reason, code);
  }

  /** One with room for the prompt. */
  private OpenSlice slice(Group group, ResentPrompt prompt) {
    OpenSlice slice = open.get(group);
    if (slice != null && slice.hasRoomFor(prompt)) {
      return slice;
    }
    close(group);
    slice =
        new OpenSlice(
            batch.getSpans().get(group.span()),
            prompt,
            group.lane(),
            batch.getResendLimits(),
            group.attempt(),
            split(group.lane()));
    open.put(group, slice);
    return slice;
  }

  private OpenSlice.@Nullable Split split(Lane lane) {
    return lane.getKind() == LaneKind.ISOLATION
        ? new OpenSlice.Split(
            batch.getRootBatchId() == null ? batch.getBatchId() : batch.getRootBatchId(),
            batch.getDepth() + 1)
        : null;
  }

  /** Those of other spans go before the one that closes the batch of their part. */
  private void closeOthers(Group last) {
    open.keySet().stream()
        .filter(group -> group.lane().equals(last.lane()) && !group.equals(last))
        .toList()
        .forEach(this::close);
  }

  private void close(Group group) {
    OpenSlice slice = open.remove(group);
    if (slice != null) {
      full.add(slice.build());
    }
  }

  /** The slices of the prompts so far; begins anew. */
  public List<Slice> drain() {
    open.values().forEach(slice -> full.add(slice.build()));
    open.clear();
    List<Slice> slices = List.copyOf(full);
    full.clear();
    return slices;
  }
}
