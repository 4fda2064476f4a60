package io.promptferry.batcher.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.batcher.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of threads that die; the topology is never started, no broker is there. */
class StreamsPartTest {

  private static final int RESTARTS = 3;

  private final ManualClock clock = new ManualClock();

  @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
  private StreamsPart part;

  @BeforeEach
  void makePart(@TempDir Path stateDir) {
    var topology = new Topology();
    topology.addSource("slices", "slices");
    part =
        new StreamsPart(
            "assemble",
            topology,
            Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG, "test",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9",
                StreamsConfig.STATE_DIR_CONFIG, stateDir.toString()),
            RESTARTS,
            clock);
  }

  @AfterEach
  void closePart() {
    part.close();
  }

  private StreamThreadExceptionResponse die() {
    return part.handle(new IllegalStateException("no such lane"));
  }

  @Test
  void aThreadThatDiesIsReplacedAfterAPause() {
    long before = System.nanoTime();
    assertThat(die()).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(190));
    assertThat(part.alive()).isTrue();
    assertThat(part.failure()).isEmpty();
    assertThat(part.ready()).isFalse();
  }

  @Test
  void deathsInARowEndThePartAndSayWhichKeyAllowsMore() {
    part.close(); // So that no death is followed by a pause.
    die();
    die();
    assertThat(part.failure()).isEmpty();
    assertThat(die()).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(part.failure())
        .hasValueSatisfying(
            failure ->
                assertThat(failure).contains("3 times", "restart.max.attempts", "no such lane"));
    assertThat(part.alive()).isFalse();
  }

  @Test
  void deathsFarApartAreNotInARow() {
    part.close();
    for (int i = 0; i < 2 * RESTARTS; i++) {
      die();
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(part.failure()).isEmpty();
  }

  @Test
  void whileItStopsNoThreadIsReplaced() {
    part.close();
    assertThat(die()).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(part.failure()).isEmpty();
  }
}
