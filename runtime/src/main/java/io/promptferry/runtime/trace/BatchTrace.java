package io.promptferry.runtime.trace;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The trace that all spans of a batch are in, whichever service makes them: its id is the beginning
 * of the batch id's SHA-256, so that it need not be carried and cannot be lost.
 *
 * <p>Their parent is a span that nobody records. Only by way of a parent does OpenTelemetry's API
 * let a trace id be chosen.
 */
final class BatchTrace {

  private static final int SPAN_BYTES = SpanId.getLength() / 2;
  private static final int TRACE_BYTES = TraceId.getLength() / 2;

  private BatchTrace() {}

  static SpanContext of(String batchId) {
    byte[] hash = sha256(batchId);
    HexFormat hex = HexFormat.of();
    return SpanContext.createFromRemoteParent(
        hex.formatHex(hash, 0, TRACE_BYTES),
        hex.formatHex(hash, TRACE_BYTES, TRACE_BYTES + SPAN_BYTES),
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  private static byte[] sha256(String batchId) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(batchId.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
