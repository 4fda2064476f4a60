package io.promptferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuredTest {

  private final Measured measured =
      new Measured(
          "a load",
          10,
          1000,
          2000,
          1.5,
          Map.of("slices", 5L, "__consumer_offsets", 7L),
          Map.of("batches", 3L, "x-changelog", 2L, "__transaction_state", 1L),
          30,
          10);

  @Test
  void tellsTheStagesOwnTopicsFromTheBrokers() {
    assertThat(measured.own()).isEqualTo(10);
    assertThat(measured.brokers()).isEqualTo(8);
    assertThat(measured.percentOfValues(measured.own())).isEqualTo(1.0);
    assertThat(measured.percentOfStored(measured.own())).isEqualTo(0.5);
    assertThat(measured.amplification()).isEqualTo(3.0);
    assertThat(ResultTable.of(List.of(measured))).contains("a load").contains("1.000");
  }

  @Test
  void sizesGrowByTopic() {
    var before = new LogSizes(Map.of("a", 5L, "b", 1L));
    var after = new LogSizes(Map.of("a", 7L, "b", 1L, "c", 2L));
    assertThat(after.since(before)).isEqualTo(Map.of("a", 2L, "c", 2L));
  }

  @Test
  void theBrokersKeysNameTheirOwner() {
    byte[] name = "promptferry-assemble-1f".getBytes(UTF_8);
    ByteBuffer key = ByteBuffer.allocate(4 + name.length + 3);
    key.putShort((short) 1).putShort((short) name.length).put(name);
    assertThat(InternalShares.name(key.array())).isEqualTo("promptferry-assemble-1f");
    assertThat(Owner.of("promptferry-assemble-1f")).isEqualTo(Owner.ASSEMBLE);
    assertThat(Owner.of("promptferry-slice")).isEqualTo(Owner.SLICE);
    assertThat(Owner.of("promptferry-submit-0")).isEqualTo(Owner.SUBMIT);
    assertThat(Owner.of("upstream")).isEqualTo(Owner.OTHERS);
  }

  @Test
  void countersAreReadFromTheBatchersMetrics() {
    String metrics =
        """
        # TYPE promptferry_log_records_read_total counter
        promptferry_log_records_read_total{stage="submit"} 1.2E5
        promptferry_log_records_used_total{stage="submit"} 400.0
        """;
    assertThat(ReadCounters.parse(metrics)).isEqualTo(new ReadCounters(120_000, 400));
    assertThat(ReadCounters.parse("")).isEqualTo(new ReadCounters(0, 0));
  }

  @Test
  void everyShapeIsMeasuredAtEachRate() {
    assertThat(Load.all(5_000))
        .hasSize(9)
        .contains(new Load(5_000, 0, Load.Shape.TRANSACTIONS))
        .contains(new Load(20_000, 1000, Load.Shape.TEN_LANES))
        .contains(new Load(200, 10, Load.Shape.ONE_LANE));
  }
}
