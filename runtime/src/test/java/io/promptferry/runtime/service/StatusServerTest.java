package io.promptferry.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusServerTest {

  private static final String LOOPBACK = "127.0.0.1";

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<Part> parts = new CopyOnWriteArrayList<>();
  private final StatusServer server = new StatusServer(LOOPBACK, 0, metrics, parts);
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz"})
  void withoutPartsTheServiceIsStillStarting(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(503);
  }

  @Test
  void readyWhenEveryPartIs() throws Exception {
    var one = new TestPart("one");
    var two = new TestPart("two");
    parts.addAll(List.of(one, two));
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    one.ready = true;
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).isEqualTo("one ok\ntwo not ok\n");
    two.ready = true;
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").body()).isEqualTo("one ok\ntwo ok\n");
  }

  @Test
  void healthyAsLongAsEveryPartLives() throws Exception {
    var one = new TestPart("one");
    var two = new TestPart("two");
    parts.addAll(List.of(one, two));
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    two.alive = false;
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").body()).isEqualTo("one ok\ntwo not ok\n");
  }

  @Test
  void metricsAreScraped() throws Exception {
    metrics.counter("promptferry.prompts", "lane", "a").increment(3);
    HttpResponse<String> answer = get("/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(answer.body()).contains("promptferry_prompts_total{lane=\"a\"} 3.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/healthzz", "/readyz/x", "/metrics/x", "/metricsx"})
  void otherPathsAreNotFound(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void aPortInUseIsNamedWithItsKey() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> new StatusServer(LOOPBACK, taken.getLocalPort(), metrics, parts))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + " (")
          .hasMessageEndingWith(
              "): set http.port to a free port, http.host to an address of this machine");
    }
  }

  @Test
  void aHostThatIsNotOursIsNamedWithItsKey() {
    assertThatThrownBy(() -> new StatusServer("no such host", 0, metrics, parts))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("cannot listen on no such host:0 (")
        .hasMessageContaining("http.host");
  }

  @Test
  void closingFreesThePort() {
    server.close();
    assertThatThrownBy(() -> get("/healthz")).isInstanceOf(ConnectException.class);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
