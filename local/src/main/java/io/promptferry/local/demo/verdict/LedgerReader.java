package io.promptferry.local.demo.verdict;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.demo.verdict.Ledger.Bill;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the simulator what it was asked to do and what it billed. */
public final class LedgerReader {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private LedgerReader() {}

  /**
   * Reads the ledger, item by item.
   *
   * @param simulator its base URL
   * @throws IOException when it does not answer, or with something else than a ledger
   */
  public static Ledger read(URI simulator) throws IOException {
    URI address = URI.create(simulator.toString().replaceAll("/+$", "") + "/simulator/ledger");
    HttpRequest request = HttpRequest.newBuilder(address).timeout(TIMEOUT).build();
    HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException(address + " answered " + response.statusCode());
        }
        return parse(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading " + address, e);
    }
  }

  static Ledger parse(InputStream body) throws IOException {
    int jobs = 0;
    var bills = new ArrayList<Bill>();
    var violations = new ArrayList<String>();
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the ledger is no JSON object");
      }
      for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
        if (json.nextToken() != JsonToken.START_ARRAY) {
          throw new IOException("the ledger's " + field + " is no list");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
          JsonNode item = json.readValueAsTree();
          switch (field) {
            case "jobs" -> jobs++;
            case "requests" -> bills.add(bill(item));
            case "violations" -> violations.add(violation(item));
            default -> {}
          }
        }
      }
    }
    return new Ledger(jobs, bills, List.copyOf(violations));
  }

  private static Bill bill(JsonNode item) {
    return new Bill(
        item.path("displayName").asText(), item.path("key").asText(), item.path("times").asLong());
  }

  private static String violation(JsonNode item) {
    return "%s by %s: %s"
        .formatted(
            item.path("kind").asText(),
            item.path("displayName").asText(),
            item.path("detail").asText());
  }
}
