package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What goes wrong at the simulator, as docs/simulator.md has it. */
final class Faults {

  private Faults() {}

  /** Replaces all faults. */
  static void put(URI simulator, String faults) throws IOException, InterruptedException {
    HttpResponse<String> reply =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(simulator.resolve("/simulator/faults"))
                    .PUT(HttpRequest.BodyPublishers.ofString(faults))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isLessThan(300);
  }
}
