package io.promptferry.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on 127.0.0.1. */
public final class Ports {
  /**
   * Free ports are drawn from below the range that outgoing connections take theirs from (32768 and
   * up on Linux, 49152 on macOS). A kernel-chosen port would lie in it, and while a killed broker
   * is down, a client that keeps trying its port could be given just that port and hold it.
   */
  private static final int LOWEST = 15_000;

  private static final int HIGHEST = 32_000;
  private static final int DRAWS = 200;

  private Ports() {}

  /**
   * A port that nothing listens on at this moment; nothing keeps it free.
   *
   * @throws StackException if 200 draws found none
   */
  public static int free() {
    for (int i = 0; i < DRAWS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new StackException("no free port found on 127.0.0.1: stop what listens there");
  }

  /**
   * The port itself, or a free one if it is 0.
   *
   * @param user who wants it, as it appears in the message
   * @throws StackException if the port is in use
   */
  public static int claim(int port, String user) {
    if (port == 0) {
      return free();
    }
    if (!isFree(port)) {
      throw new StackException(
          "port %d on 127.0.0.1 is in use: stop what listens there, or choose another port for the %s"
              .formatted(port, user));
    }
    return port;
  }

  /** By its bytes, so that neither a resolver nor a preference for IPv6 has a say. */
  static InetSocketAddress onLoopback(int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers bind; without it a port counts as used for a minute after its last connection.
      socket.setReuseAddress(true);
      socket.bind(onLoopback(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
