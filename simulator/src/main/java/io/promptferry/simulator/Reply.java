package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The response to a call, which a fault may keep back, cut short or swallow. */
final class Reply {
  private static final String JSON = "application/json; charset=UTF-8";

  private final HttpExchange exchange;
  private boolean muted;
  private long holdMillis;
  private long mostBytes = Long.MAX_VALUE;

  Reply(HttpExchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Nothing is sent, whatever comes. An exchange that ends without headers is a connection closed
   * without a reply.
   */
  void mute() {
    muted = true;
  }

  /** Keeps the answer back for a while once it is there. */
  void hold(long millis) {
    holdMillis = millis;
  }

  /** Breaks the connection after so many bytes of the body; the length announced stays. */
  void cutAfter(long bytes) {
    mostBytes = bytes;
  }

  boolean sent() {
    return exchange.getResponseCode() != -1;
  }

  void header(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  void json(JsonNode json) throws IOException {
    json(200, json);
  }

  void json(int status, JsonNode json) throws IOException {
    byte[] bytes = Json.MAPPER.writeValueAsBytes(json);
    send(status, JSON, bytes.length, new ByteArrayInputStream(bytes));
  }

  void empty() throws IOException {
    send(200, JSON, 0, InputStream.nullInputStream());
  }

  void file(Path file, String mimeType) throws IOException {
    // Opened before anything is sent: a file deleted meanwhile is an error, not a torn download.
    try (FileChannel channel = FileChannel.open(file)) {
      send(200, mimeType, channel.size(), Channels.newInputStream(channel));
    }
  }

  /** The file from this byte on. */
  void rest(Path file, String mimeType, long first) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      header("Content-Range", "bytes " + first + "-" + (size - 1) + "/" + size);
      channel.position(first);
      send(206, mimeType, size - first, Channels.newInputStream(channel));
    }
  }

  /** A body of JSON whose length is not known beforehand; no fault reaches it. */
  OutputStream streaming() throws IOException {
    header("Content-Type", JSON);
    exchange.sendResponseHeaders(200, 0);
    return exchange.getResponseBody();
  }

  private void send(int status, String type, long length, InputStream body) throws IOException {
    if (muted) {
      return;
    }
    await(holdMillis);
    if (length == 0) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      header("Content-Type", type);
      exchange.sendResponseHeaders(status, length);
      OutputStream out = exchange.getResponseBody();
      try {
        new CutShort(body, mostBytes).transferTo(out);
      } finally {
        out.flush();
      }
    }
  }

  /** Waits; a simulator that is closed interrupts it. */
  static void await(long millis) throws InterruptedIOException {
    try {
      // A latch that nobody opens: the wait has no other end than its time and an interrupt.
      var unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("closed while an answer was held back");
    }
  }
}
