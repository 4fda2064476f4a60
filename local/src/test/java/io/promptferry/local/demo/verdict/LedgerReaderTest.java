package io.promptferry.local.demo.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.promptferry.local.demo.verdict.Ledger.Bill;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerReaderTest {

  private HttpServer server;
  private int status = 200;
  private String body = "";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/simulator/ledger",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void readsJobsBillsAndViolations() throws IOException {
    body =
        """
        {"jobs":[{"name":"batches/1","displayName":"d/1"},{"name":"batches/2"}],
         "requests":[{"displayName":"d/1","key":"0-7","times":2}],
         "violations":[{"kind":"BAD_KEY","displayName":"d/1","detail":"no such key","at":"now"}],
         "more":[{"nested":[1,2]}]}
        """;
    Ledger ledger = LedgerReader.read(url());
    assertThat(ledger.jobs()).isEqualTo(2);
    assertThat(ledger.bills()).containsExactly(new Bill("d/1", "0-7", 2));
    assertThat(ledger.violations()).containsExactly("BAD_KEY by d/1: no such key");
  }

  @Test
  void anErrorIsNotTakenForAnEmptyLedger() {
    status = 404;
    body = "{}";
    assertThatThrownBy(() -> LedgerReader.read(url()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("404");
  }

  @Test
  void aCutLedgerIsNotTakenForAShortOne() {
    body = "{\"jobs\":[],\"requests\":[{\"displayName\":\"d\",\"key\":\"0-1\",\"times\":1}";
    assertThatThrownBy(() -> LedgerReader.read(url())).isInstanceOf(IOException.class);
  }

  @Test
  void anAnswerThatIsNoLedgerIsRefused() {
    body = "[]";
    assertThatThrownBy(() -> LedgerReader.read(url())).isInstanceOf(IOException.class);
  }

  private URI url() {
    return URI.create(
        "http://%s:%d/"
            .formatted(
                server.getAddress().getAddress().getHostAddress(), server.getAddress().getPort()));
  }
}
