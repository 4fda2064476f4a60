package io.promptferry.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aFixedPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> Ports.claim(port, "broker"))
          .isInstanceOf(StackException.class)
          .hasMessage(
              "port %d on 127.0.0.1 is in use: stop what listens there, or choose another port for"
                  + " the broker",
              port);
    }
  }

  @Test
  void aPortInUseOnEveryAddressCountsToo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThatThrownBy(() -> Ports.claim(taken.getLocalPort(), "broker"))
          .isInstanceOf(StackException.class);
    }
  }

  @Test
  void aFreePortIsBelowThoseOfOutgoingConnectionsAndCanBeBound() throws Exception {
    int port = Ports.claim(0, "broker");
    assertThat(port).isBetween(15_000, 32_000);
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    }
    assertThat(Ports.claim(port, "broker")).isEqualTo(port);
  }
}
