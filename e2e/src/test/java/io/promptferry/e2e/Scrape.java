package io.promptferry.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a running service tells on {@code /metrics}. */
record Scrape(String text) {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^(promptferry_\\w+)(\\{[^}]*})? (\\S+)$");

  static Scrape of(String service) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service + "/metrics")).timeout(TIMEOUT).build();
    return new Scrape(
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /** The names of Promptferry's own. */
  Set<String> names() {
    return SAMPLE
        .matcher(text)
        .results()
        .map(sample -> sample.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of all samples of this name. */
  double sum(String name) {
    return SAMPLE
        .matcher(text)
        .results()
        .filter(sample -> sample.group(1).equals(name))
        .mapToDouble(sample -> Double.parseDouble(sample.group(3)))
        .sum();
  }
}
