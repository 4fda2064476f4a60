package io.promptferry.batcher.lane;

/** What holds for the batches of a lane. */
public record LanePolicy(BatchLimits limits, Schedule schedule) {}
