package io.promptferry.simulator.gate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server that one client takes for the simulator. It passes requests on as they are, but
 * for those of which a test has said what becomes of them.
 */
public final class Gate implements AutoCloseable {

  /**
   * What becomes of a request; it may wait, and it is dropped where it neither replied nor said.
   */
  @FunctionalInterface
  public interface Turn {
    void take(Passage passage) throws Exception;
  }

  /** What happens before a request goes on. */
  @FunctionalInterface
  public interface Moment {
    void come() throws Exception;
  }

  private static final Turn THROUGH =
      passage -> {
        passage.forward();
        passage.reply();
      };

  private final URI target;
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "gate");
            thread.setDaemon(true);
            return thread;
          });
  private final List<GateCall> calls = new ArrayList<>();
  private final Map<GateCall, Integer> counts = new EnumMap<>(GateCall.class);
  private final Map<GateCall, Map<Integer, Turn>> turns = new EnumMap<>(GateCall.class);
  private final Map<Integer, Moment> moments = new HashMap<>();
  private final List<Exception> failures = new ArrayList<>();
  private boolean shut;

  /** Opens on a free port of loopback. */
  public Gate(URI target) throws IOException {
    // Else a client's delayed ACK costs 40 ms a call; read once, by the first server of the JVM.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    this.target = target;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** What the client takes as its base URL. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What becomes of the n-th such request, counted from 1. */
  public synchronized Gate at(GateCall call, int nth, Turn turn) {
    turns.computeIfAbsent(call, c -> new HashMap<>()).put(nth, turn);
    return this;
  }

  /** What happens before the n-th request from now on, of whatever kind, counted from 1. */
  public synchronized void atRequest(int nth, Moment moment) {
    moments.put(calls.size() + nth, moment);
  }

  /** What happens before the next request goes on. */
  void atNextRequest(Moment moment) {
    atRequest(1, moment);
  }

  /** All requests up to now, in their order. */
  public synchronized List<GateCall> calls() {
    return List.copyOf(calls);
  }

  /** What went wrong at the gate itself. */
  public synchronized List<Exception> failures() {
    return List.copyOf(failures);
  }

  /** The client is dead: no request that comes from now on gets anywhere. */
  public synchronized void shut() {
    shut = true;
  }

  private synchronized boolean isShut() {
    return shut;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Passage passage = new Passage(exchange, target);
      Turn turn;
      Moment moment;
      synchronized (this) {
        if (shut) {
          return;
        }
        GateCall call =
            GateCall.of(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                exchange.getRequestURI().getQuery(),
                exchange.getRequestHeaders().getFirst("X-Goog-Upload-Command"));
        calls.add(call);
        int nth = counts.merge(call, 1, Integer::sum);
        turn = turns.getOrDefault(call, Map.of()).getOrDefault(nth, THROUGH);
        moment = moments.getOrDefault(calls.size(), () -> {});
      }
      moment.come();
      if (!isShut()) {
        turn.take(passage);
      }
    } catch (Exception e) {
      synchronized (this) {
        failures.add(e);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
