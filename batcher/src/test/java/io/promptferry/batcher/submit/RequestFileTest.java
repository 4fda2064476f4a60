package io.promptferry.batcher.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.promptferry.batcher.LoggedAt;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Skipped;
import io.promptferry.records.Span;
import io.promptferry.request.RequestLine;
import io.promptferry.spans.SpanBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestFileTest {

  @SuppressWarnings("NullAway.Init") // JUnit sets it before the first test.
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @SuppressWarnings("NullAway.Init")
  private Path file;

  @SuppressWarnings("NullAway.Init")
  private PromptLog log;

  private final ManualClock clock = new ManualClock();

  @BeforeEach
  void begin(@TempDir Path folder) {
    bench.begin(folder);
    file = folder.resolve("batch.jsonl");
    log = bench.promptLog();
  }

  @AfterEach
  void end() {
    bench.end();
  }

  private RequestFile.Written write(Span... spans) throws IOException {
    return bench.requests(log, clock).write(Bench.batch(List.of(spans)), file);
  }

  private static Span span(String topic, int partition, long first, long last) {
    var builder = new SpanBuilder(topic, "", partition, -1);
    for (long offset = first; offset <= last; offset++) {
      builder.add(offset, offset - 1);
    }
    return builder.build();
  }

  private static Span span(int partition, long first, long last) {
    return span(Prompts.TOPIC, partition, first, last);
  }

  private String lines(long... offsets) {
    var lines = new StringBuilder();
    for (long offset : offsets) {
      PromptEvent event = Prompts.event("prompt " + offset);
      lines.append(new String(RequestLine.render("3-" + offset, event), UTF_8));
    }
    return lines.toString();
  }

  @Test
  void holdsThePromptsOfTheSpansInOrderAndNoOthers() throws IOException {
    RequestFile.Written written = bench.requests(log, clock).write(Bench.batch(), file);
    assertThat(written).isEqualTo(new RequestFile.Written(3, List.of(), 13));
    assertThat(file).hasContent(lines(7, 8, 11));
  }

  @Test
  void countsWhatItReadAndWhatItUsed() throws IOException {
    bench.requests(log, clock).write(Bench.batch(), file);
    bench.requests(log, clock).write(Bench.batch(), file);
    assertThat(counted("promptferry.log.records.read")).isEqualTo(26);
    assertThat(counted("promptferry.log.records.used")).isEqualTo(6);
  }

  private static double counted(String name) {
    return bench.metrics.get(name).tag("stage", "submit").counter().count();
  }

  @Test
  void overwritesWhatAnEarlierLifeLeft() throws IOException {
    Files.writeString(file, "x".repeat(10_000));
    write(span(3, 7, 7));
    assertThat(file).hasContent(lines(7));
  }

  @Test
  void readsEveryPartitionAndNamesItInTheKey() throws IOException {
    bench.append(log, 9, 100, Prompts.event("elsewhere"));
    assertThat(write(span(3, 0, 0), span(9, 100, 100)).lines()).isEqualTo(2);
    assertThat(Files.readAllLines(file))
        .extracting(line -> line.substring(0, line.indexOf(',')))
        .containsExactly("{\"key\":\"3-0\"", "{\"key\":\"9-100\"");
  }

  /** The collector counts the lines in the same order, where the provider names one. */
  @Test
  void linesOfSpansThatLieBetweenEachOtherStandInTheOrderOfTheLog() throws IOException {
    bench.append(log, 9, 100, Prompts.event("elsewhere"));
    RequestFile.Written written =
        write(span(3, 7, 8), span(9, 100, 100), span(3, 0, 1), span(3, 11, 11), span(3, 2, 2));
    assertThat(written.read()).as("each partition once").isEqualTo(21);
    assertThat(Files.readAllLines(file))
        .extracting(line -> line.substring(8, line.indexOf(',') - 1))
        .containsExactly("3-0", "3-1", "3-2", "3-7", "3-8", "3-11", "9-100");
  }

  @Test
  void withSeveralTopicsTheKeyBeginsWithTheTopicsNumber() throws IOException {
    byte[] value = bench.events.serialize("other", Prompts.event("other"));
    log.append(new ConsumerRecord<>("other", 0, 5, null, value));
    write(span(3, 0, 0), span("other", 0, 5, 5));
    assertThat(Files.readAllLines(file))
        .extracting(line -> line.substring(0, line.indexOf(',')))
        .containsExactly("{\"key\":\"0-3-0\"", "{\"key\":\"1-0-5\"");
  }

  @Test
  void aDeadlineThatHasPassedIsSkippedAndSaysWhere() throws IOException {
    for (int i = 0; i < 3; i++) {
      PromptEvent event = Prompts.event("timed");
      event.setDeadline(ManualClock.START.plusSeconds(i - 1));
      bench.append(log, 4, i, event);
    }
    RequestFile.Written written = write(span(3, 0, 0), span(4, 0, 2));
    assertThat(written.lines()).isEqualTo(2);
    assertThat(written.skipped())
        .containsExactly(skipped(1, 0, "DEADLINE_PASSED"), skipped(1, 1, "DEADLINE_PASSED"));
  }

  @Test
  void whatCannotBeDecodedAnyMoreIsSkipped() throws IOException {
    log.append(Prompts.record(4, 0, new byte[0], new byte[] {0, 0, 0, 9, 9, 0}));
    assertThat(write(span(4, 0, 0)))
        .isEqualTo(new RequestFile.Written(0, List.of(skipped(0, 0, "UNDECODABLE")), 1));
    assertThat(file).isEmptyFile();
  }

  /** A slicer of another version may have been able to. */
  @Test
  void whatCannotBeRenderedIsSkipped() throws IOException {
    PromptEvent event = Prompts.event("deep");
    event.setResponseJsonSchema("{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000));
    bench.append(log, 4, 0, event);
    bench.append(log, 4, 1, Prompts.event("good"));
    RequestFile.Written written = write(span(4, 0, 1));
    assertThat(written.lines()).isEqualTo(1);
    assertThat(written.skipped()).containsExactly(skipped(0, 0, "BAD_SCHEMA"));
  }

  @Test
  void aRequestThatCannotBeWrittenIsSkippedAsOne() throws IOException {
    bench.append(log, 4, 0, PromptEvent.newBuilder().setRequest("{").build());
    assertThat(write(span(4, 0, 0)).skipped()).containsExactly(skipped(0, 0, "BAD_REQUEST"));
  }

  @Test
  void whatRetentionHasTakenIsPassedOver() throws IOException {
    log.expireBefore(new TopicPartition(Prompts.TOPIC, 3), 8);
    assertThat(write(span(3, 6, 9))).isEqualTo(new RequestFile.Written(2, List.of(), 12));
    assertThat(file).hasContent(lines(8, 9));
  }

  private static double vanished() {
    return counted("promptferry.prompts.vanished");
  }

  @Test
  void whatIsGoneIsCountedAndNamedByItsCoordinates() throws IOException {
    bench.append(log, 4, 0, Prompts.event("secret"));
    bench.append(log, 4, 5, Prompts.event("secret"));
    write(span(3, 6, 9), span(4, 0, 0));
    assertThat(vanished()).isZero();

    log.expireBefore(new TopicPartition(Prompts.TOPIC, 3), 8);
    log.expireBefore(new TopicPartition(Prompts.TOPIC, 4), 5);
    try (var messages = new LoggedAt(Level.ERROR, Vanished.class)) {
      write(span(3, 6, 9), span(4, 0, 0), span(3, 10, 10));
      assertThat(vanished()).isEqualTo(3);
      assertThat(messages.lines())
          .satisfiesExactly(
              first -> assertThat(first).contains("2 of 4 prompts of prompts-3 at offsets 6 to 9"),
              second -> assertThat(second).contains("1 of 1 prompts of prompts-4 at offsets 0 to"))
          .allSatisfy(line -> assertThat(line).contains(Bench.BATCH_ID).doesNotContain("secret"));
    }
  }

  @Test
  void whatIsSkippedIsNotGone() throws IOException {
    log.append(Prompts.record(4, 0, new byte[0], new byte[] {0, 0, 0, 9, 9, 0}));
    write(span(4, 0, 0));
    assertThat(vanished()).isZero();
  }

  @Test
  void aFileNeverPassesWhatTheApiTakes() throws IOException {
    long size = lines(7, 8, 11).getBytes(UTF_8).length;
    assertThat(bench.requests(log, clock, size).write(Bench.batch(), file).lines()).isEqualTo(3);
    assertThatThrownBy(() -> bench.requests(log, clock, size - 1).write(Bench.batch(), file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prompt 3-11: lower batch.max.bytes");
    assertThat(file).hasSize(lines(7, 8).getBytes(UTF_8).length);
  }

  private static Skipped skipped(int span, long offset, String reason) {
    return Skipped.newBuilder().setSpan(span).setOffset(offset).setReason(reason).build();
  }
}
