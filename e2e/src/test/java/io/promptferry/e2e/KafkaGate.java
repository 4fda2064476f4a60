package io.promptferry.e2e;

import static java.util.Objects.requireNonNull;

import io.promptferry.stack.Ports;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a broker, knows the writes that go through, and holds one of them at a
 * chosen point until it is told what to do with it. Meanwhile whoever waits for it can be killed or
 * stopped.
 *
 * <p>A broker sends its clients to the address that it advertises, so it is given a listener of
 * which it advertises the gate's.
 */
final class KafkaGate implements AutoCloseable {

  /** One write that is held. */
  private static final class Hold {
    private final WritePoint point;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CompletableFuture<Boolean> passes = new CompletableFuture<>();

    Hold(WritePoint point) {
      this.point = point;
    }

    /** Whether it may go on. */
    boolean await() {
      arrived.countDown();
      return passes.join();
    }
  }

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final ServerSocket door;
  private final int brokerPort = Ports.free();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "kafka-gate");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<KafkaWrite> seen = new ConcurrentSkipListSet<>();
  private final String ignored;
  private @Nullable WritePoint armed;
  private @Nullable Hold hold;

  private KafkaGate(String ignored) throws IOException {
    this.ignored = ignored;
    this.door = new ServerSocket(0, 50, LOOPBACK);
  }

  /**
   * Opens it; the broker behind it may come later.
   *
   * @param ignored writes that mention this are let through uncounted
   */
  static KafkaGate open(String ignored) throws IOException {
    var gate = new KafkaGate(ignored);
    gate.threads.execute(gate::accept);
    return gate;
  }

  /** What a client behind the gate takes as {@code bootstrap.servers}. */
  String bootstrapServers() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /**
   * Makes a broker that is alone listen behind the gate too.
   *
   * @param port its own, for all others
   */
  Map<String, String> brokerProperties(int port) {
    int controller = Ports.free();
    return Map.of(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,GATE://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(port, brokerPort, controller),
        "advertised.listeners",
        "PLAINTEXT://127.0.0.1:%d,GATE://%s".formatted(port, bootstrapServers()),
        "controller.quorum.voters",
        "1@127.0.0.1:" + controller,
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,GATE:PLAINTEXT,CONTROLLER:PLAINTEXT");
  }

  /** Every kind of write that has come through. */
  Set<KafkaWrite> seen() {
    return seen;
  }

  /** Holds the next write that fits. */
  synchronized void arm(WritePoint point) {
    if (hold != null) {
      throw new IllegalStateException("a write is held still");
    }
    armed = point;
  }

  /** Whether the write came and is held. */
  synchronized boolean holds() {
    return hold != null && hold.arrived.getCount() == 0;
  }

  /** Lets what is held go on, or for false breaks its connection. */
  synchronized void release(boolean passes) {
    requireNonNull(hold, "nothing is held").passes.complete(passes);
    hold = null;
  }

  private synchronized @Nullable Hold take(KafkaRequest request) {
    if (request.mentions(ignored)) {
      return null;
    }
    KafkaWrite.of(request).ifPresent(seen::add);
    WritePoint point = armed;
    if (point == null || !point.fits(request)) {
      return null;
    }
    if (point.skip() > 0) {
      armed = point.later();
      return null;
    }
    armed = null;
    hold = new Hold(point);
    return hold;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Socket broker = new Socket(LOOPBACK, brokerPort);
        client.setTcpNoDelay(true);
        broker.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(broker);
        new Passage(client, broker).start();
      } catch (IOException e) {
        // The gate was closed, or the broker is not there, which the client learns by itself.
      }
    }
  }

  /** One client's connection. */
  private final class Passage {
    private final Socket client;
    private final Socket broker;
    private final Map<Integer, Hold> repliesHeld = new ConcurrentHashMap<>();

    Passage(Socket client, Socket broker) {
      this.client = client;
      this.broker = broker;
    }

    void start() {
      threads.execute(() -> run(client, broker, this::mayPass));
      threads.execute(() -> run(broker, client, this::mayReturn));
    }

    private boolean mayPass(byte[] frame) {
      var request = new KafkaRequest(frame);
      Hold held = take(request);
      if (held == null) {
        return true;
      }
      if (held.point.side() == WritePoint.Side.BEFORE) {
        return held.await();
      }
      repliesHeld.put(request.correlation(), held);
      return true;
    }

    /** A reply begins with the correlation id of its request. */
    private boolean mayReturn(byte[] frame) {
      Hold held = repliesHeld.remove(ByteBuffer.wrap(frame).getInt());
      return held == null || held.await();
    }

    private void run(Socket from, Socket to, Filter filter) {
      try (from;
          to) {
        var in = new DataInputStream(from.getInputStream());
        var out = new DataOutputStream(to.getOutputStream());
        while (true) {
          byte[] frame = new byte[in.readInt()];
          in.readFully(frame);
          if (!filter.passes(frame)) {
            return;
          }
          byte[] whole =
              ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array();
          out.write(whole);
        }
      } catch (IOException e) {
        // One side has gone; closing both tells the other.
      } finally {
        sockets.remove(from);
        sockets.remove(to);
      }
    }
  }

  private interface Filter {
    boolean passes(byte[] frame);
  }

  @Override
  public void close() throws IOException {
    door.close();
    synchronized (this) {
      if (hold != null) {
        release(false);
      }
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
