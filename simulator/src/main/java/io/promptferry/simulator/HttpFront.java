package io.promptferry.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JDK's HTTP server before a {@link Router}, with a bounded pool of threads. */
final class HttpFront implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpFront.class);
  // Many, since an answer that a fault holds back holds a thread.
  private static final int THREADS = 128;
  private static final int WAITING = 256;

  private final HttpServer server;
  private final Router router;
  // A full queue lets the accepting thread do the work: callers wait, nothing is refused.
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          30,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          task -> {
            Thread thread = new Thread(task, "simulator-http");
            thread.setDaemon(true);
            return thread;
          },
          new ThreadPoolExecutor.CallerRunsPolicy());

  private HttpFront(HttpServer server, Router router) {
    this.server = server;
    this.router = router;
    threads.allowCoreThreadTimeOut(true);
  }

  static HttpFront start(String host, int port, Router router) throws IOException {
    // The server writes head and body apart; without this a client's delayed ACK costs 40 ms a
    // call. The property is read once, when the first server of the JVM is made.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (BindException e) {
      throw new IOException(
          "cannot listen on " + host + ":" + port + ": choose a free port, or 0 for any", e);
    }
    HttpFront front = new HttpFront(server, router);
    server.createContext("/", front::handle);
    server.setExecutor(front.threads);
    server.start();
    return front;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) {
    Call call = new Call(exchange);
    try (exchange) {
      try {
        router.dispatch(call);
      } catch (ApiError refusal) {
        log.debug("{} {}: {}", call.method(), call.path(), refusal.getMessage());
        refuse(call, refusal);
      } catch (RuntimeException e) {
        log.error("{} {} failed", call.method(), call.path(), e);
        refuse(call, ApiError.internal("The simulator failed; see its log."));
      }
    } catch (IOException e) {
      log.debug("{} {}: the connection broke", call.method(), call.path(), e);
    }
  }

  private static void refuse(Call call, ApiError refusal) throws IOException {
    if (!call.reply().sent()) {
      call.reply().json(refusal.code(), refusal.json());
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
