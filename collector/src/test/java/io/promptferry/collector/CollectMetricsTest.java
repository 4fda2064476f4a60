package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.collector.response.Overflow;
import io.promptferry.collector.result.LineKind;
import io.promptferry.collector.result.ResultFile.Counts;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CollectMetricsTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CollectMetrics metrics = new CollectMetrics(meters);

  @Test
  void countsSettledBatchesAndDeadLetters() {
    metrics.collected(Samples.totals(5L, 3L, 0L, 2L, 0L, 0L, 0L, 0L));
    metrics.collected(Samples.totals(1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
    metrics.rejected(4);

    assertThat(responses("SUCCEEDED")).isEqualTo(6);
    assertThat(responses("FAILED")).isEqualTo(7);
    assertThat(meters.get("promptferry.prompts.vanished").counter().count()).isEqualTo(2);
  }

  @Test
  void countsWhatWasReadAgainAndWhatOfItWasUsed() {
    metrics.read(13, 3);
    metrics.read(7, 7);

    assertThat(read("promptferry.log.records.read")).isEqualTo(20);
    assertThat(read("promptferry.log.records.used")).isEqualTo(10);
  }

  @Test
  void countsWhatIsNotWhereItWasMeantToGo() {
    metrics.overflowed(Overflow.CAP);
    metrics.overflowed(Overflow.CAP);
    metrics.overflowed(Overflow.NULL_KEY);

    var counters = meters.get("promptferry.responses.overflow");
    assertThat(counters.tag("reason", "CAP").counter().count()).isEqualTo(2);
    assertThat(
            meters
                .get("promptferry.responses.overflow")
                .tag("reason", "NULL_KEY")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void countsLinesByKind() {
    metrics.lines(new Counts(Map.of(LineKind.GOOD, 5L, LineKind.TOO_LONG, 1L), 6), 2);
    metrics.lines(new Counts(Map.of(LineKind.GOOD, 1L), 1), -1);

    assertThat(lines("good")).isEqualTo(6);
    assertThat(lines("too_long")).isEqualTo(1);
    assertThat(lines("doubled")).isZero();
    assertThat(lines("missing")).isEqualTo(2);
  }

  private double lines(String kind) {
    return meters.get("promptferry.results.lines").tag("kind", kind).counter().count();
  }

  private double read(String name) {
    return meters.get(name).tag("stage", "collect").counter().count();
  }

  private double responses(String status) {
    return meters.get("promptferry.responses").tag("status", status).counter().count();
  }
}
