package io.promptferry.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The batcher's counters of prompts read again.
 *
 * @param read prompts fetched
 * @param used prompts handed on
 */
record ReadCounters(long read, long used) {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** As a batcher at this address counts them now. */
  static ReadCounters ask(URI batcher) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(batcher.resolve("/metrics")).timeout(TIMEOUT).build();
    return parse(
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  static ReadCounters parse(String metrics) {
    return new ReadCounters(counter(metrics, "read"), counter(metrics, "used"));
  }

  /** 0 for what was never counted. */
  private static long counter(String metrics, String what) {
    Matcher line =
        Pattern.compile(
                "^promptferry_log_records_" + what + "_total\\{stage=\"submit\"} (\\S+)$",
                Pattern.MULTILINE)
            .matcher(metrics);
    return line.find() ? (long) Double.parseDouble(line.group(1)) : 0;
  }
}
