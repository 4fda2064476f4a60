package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * How much a project may have at a time. {@link #UNLIMITED} is no bound.
 *
 * @param concurrentJobs jobs that are not over; 100 by default
 * @param enqueuedTokens estimated tokens of the jobs of one model that are not over, a token being
 *     four characters of prompt; unlimited by default
 * @param storedBytes bytes of the files that are neither deleted nor expired, results included; 20
 *     GB by default
 */
public record Quotas(long concurrentJobs, long enqueuedTokens, long storedBytes) {
  public static final long UNLIMITED = Long.MAX_VALUE;
  public static final Quotas DEFAULT = new Quotas(100, UNLIMITED, 20_000_000_000L);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public Quotas {
    if (concurrentJobs < 0 || enqueuedTokens < 0 || storedBytes < 0) {
      throw new IllegalArgumentException("quotas must not be negative");
    }
  }

  /** With those in the JSON changed; null is no bound. */
  Quotas with(JsonNode changes) {
    Call.allowOnly(changes, "", Set.of("concurrentJobs", "enqueuedTokens", "storedBytes"));
    try {
      return new Quotas(
          value(changes, "concurrentJobs", concurrentJobs),
          value(changes, "enqueuedTokens", enqueuedTokens),
          value(changes, "storedBytes", storedBytes));
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static long value(JsonNode json, String name, long otherwise) {
    JsonNode value = Json.get(json, name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (value.isNull()) {
      return UNLIMITED;
    }
    if (!value.canConvertToLong() || !value.isIntegralNumber()) {
      throw new IllegalArgumentException(name + " must be a whole number, or null for no bound");
    }
    return value.asLong();
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    put(json, "concurrentJobs", concurrentJobs);
    put(json, "enqueuedTokens", enqueuedTokens);
    put(json, "storedBytes", storedBytes);
    return json;
  }

  private static void put(ObjectNode json, String name, long value) {
    if (value == UNLIMITED) {
      json.putNull(name);
    } else {
      json.put(name, value);
    }
  }
}
