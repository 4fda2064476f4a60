package io.promptferry.gemini;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as the wire has it: a long-running operation around a {@code GenerateContentBatch}.
 *
 * <p>Read by ourselves, since the SDK's typed {@code BatchJob} drops {@code batchStats}, {@code
 * error} and {@code response}. A GET of our own was preferred to an interceptor that keeps the raw
 * bodies of the SDK's calls: that would need a way to carry a body from the interceptor to its
 * caller past the SDK, and read everything twice.
 */
record Operation(
    @Nullable String name,
    @Nullable Metadata metadata,
    boolean done,
    @Nullable Failure error,
    @Nullable Output response) {

  record Page(@Nullable List<Operation> operations, @Nullable String nextPageToken) {}

  record Metadata(
      @Nullable String name,
      @Nullable String model,
      @Nullable String displayName,
      @Nullable String state,
      @Nullable InputConfig inputConfig,
      @Nullable Output output,
      @Nullable BatchStats batchStats,
      @Nullable String createTime,
      @Nullable String endTime) {}

  record InputConfig(@Nullable String fileName) {}

  record Output(@Nullable String responsesFile) {}

  record BatchStats(
      long requestCount,
      long successfulRequestCount,
      long failedRequestCount,
      long pendingRequestCount) {}

  record Failure(int code, @Nullable String message) {}

  private static final Metadata NONE =
      new Metadata(null, null, null, null, null, null, null, null, null);

  RemoteJob toJob() {
    Metadata data = metadata == null ? NONE : metadata;
    return new RemoteJob(
        orEmpty(name == null ? data.name : name),
        orEmpty(data.displayName),
        model(data.model),
        state(data.state),
        data.inputConfig == null ? null : data.inputConfig.fileName,
        resultFile(data),
        stats(data.batchStats),
        error == null ? null : new RemoteError(error.code, orEmpty(error.message)),
        time(data.createTime),
        time(data.endTime),
        done);
  }

  /** States are {@code BATCH_STATE_…} on the wire and {@code JOB_STATE_…} in the SDK. */
  static String state(@Nullable String state) {
    return state == null || state.isEmpty()
        ? "UNSPECIFIED"
        : state.replaceFirst("^(BATCH|JOB)_STATE_", "");
  }

  static String model(@Nullable String model) {
    return orEmpty(model).replaceFirst("^models/", "");
  }

  private @Nullable String resultFile(Metadata data) {
    if (data.output != null && data.output.responsesFile != null) {
      return data.output.responsesFile;
    }
    return response == null ? null : response.responsesFile;
  }

  private static @Nullable Stats stats(@Nullable BatchStats stats) {
    return stats == null
        ? null
        : new Stats(
            stats.requestCount,
            stats.successfulRequestCount,
            stats.failedRequestCount,
            stats.pendingRequestCount);
  }

  /** No job depends on these times, so one that cannot be read is none rather than an error. */
  static @Nullable Instant time(@Nullable String time) {
    try {
      return time == null ? null : OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
