package io.promptferry.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LiveViewTest {

  private final StringWriter written = new StringWriter();

  @Test
  void aLogGetsALineASecondAndOnlyOnChange() {
    LiveView view = view(false);
    view.show(published(1), Duration.ZERO, Instant.EPOCH);
    view.show(published(2), Duration.ofMillis(400), Instant.EPOCH);
    view.show(published(3), Duration.ofSeconds(1), Instant.EPOCH);
    view.show(published(3), Duration.ofSeconds(5), Instant.EPOCH);
    view.show(published(4), Duration.ofMillis(5100), Instant.EPOCH);
    view.finish(published(5), Duration.ofMillis(5200), Instant.EPOCH);
    view.finish(published(5), Duration.ofMillis(9999), Instant.EPOCH);
    assertThat(written.toString().lines())
        .extracting(line -> line.substring(0, line.indexOf(" of")))
        .containsExactly(
            "  0 s  published 1", "  1 s  published 3", "  5 s  published 4", "  5 s  published 5");
    assertThat(written.toString()).doesNotContain("\u001b");
  }

  @Test
  void aTerminalIsDrawnOverInPlace() {
    LiveView view = view(true);
    view.show(published(1), Duration.ZERO, Instant.EPOCH);
    assertThat(written.toString()).doesNotContain("\u001b[5A");
    int firstBlock = written.toString().length();
    view.show(published(1), Duration.ofMillis(10), Instant.EPOCH);
    assertThat(written.toString()).hasSize(firstBlock);
    view.show(published(2), Duration.ofMillis(20), Instant.EPOCH);
    assertThat(written.toString().substring(firstBlock)).startsWith("\u001b[5A\r\u001b[2K");
    assertThat(written.toString().chars().filter(c -> c == '\n')).hasSize(10);
  }

  private LiveView view(boolean terminal) {
    return new LiveView(new PrintWriter(written), terminal);
  }

  private static Progress published(int count) {
    return new Progress(10, count, new TreeMap<>(), new TreeMap<>(), 0, 0, UnderWay.NOTHING);
  }
}
