package io.promptferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.stack.Ports;
import io.promptferry.stack.StackException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StackPortsTest {

  @Test
  void zerosBecomeSixDifferentPorts() {
    StackPorts claimed = StackPorts.FREE.claimed();
    List<Integer> numbers =
        List.of(
            claimed.kafka(),
            claimed.registry(),
            claimed.simulator(),
            claimed.batcher(),
            claimed.poller(),
            claimed.collector());
    assertThat(Set.copyOf(numbers)).hasSize(6).doesNotContain(0);
  }

  @Test
  void aPortGivenTwiceIsNamed() {
    int port = Ports.free();
    assertThatThrownBy(() -> new StackPorts(port, 0, port, 0, 0, 0).claimed())
        .isInstanceOf(StackException.class)
        .hasMessage("port %d is given twice: choose another one for the simulator", port);
  }

  @Test
  void aPortInUseStopsTheStartBeforeAnythingRuns() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> new StackPorts(0, 0, 0, 0, 0, port).claimed())
          .isInstanceOf(StackException.class)
          .hasMessageContaining("port " + port)
          .hasMessageEndingWith("collector");
    }
  }
}
