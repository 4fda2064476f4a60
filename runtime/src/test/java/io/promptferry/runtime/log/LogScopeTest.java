package io.promptferry.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

@SuppressWarnings("try") // A scope does its work by being open.
class LogScopeTest {

  private static final TopicPartition P3 = new TopicPartition("batches", 3);

  @BeforeEach
  @AfterEach
  void clear() {
    MDC.clear();
  }

  private static Map<String, String> lines() {
    return Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
  }

  @Test
  void isThereUntilItIsClosed() {
    try (var scope = LogScope.ofBatch("b1", "batches/1")) {
      assertThat(lines()).isEqualTo(Map.of("batch", "b1", "job", "batches/1"));
    }
    assertThat(lines()).isEmpty();
  }

  @Test
  void isClosedByAFailureToo() {
    try (var scope = LogScope.ofBatch("b1", null)) {
      throw new IllegalStateException("broken");
    } catch (IllegalStateException e) {
      assertThat(lines()).isEmpty();
    }
  }

  @Test
  void aJobComesToTheBatchAndGoesAgain() {
    try (var worker = LogScope.ofPartition(P3);
        var batch = LogScope.ofBatch("b1", null)) {
      try (var job = LogScope.ofJob("batches/1")) {
        assertThat(lines())
            .isEqualTo(Map.of("partition", "batches-3", "batch", "b1", "job", "batches/1"));
      }
      assertThat(lines()).isEqualTo(Map.of("partition", "batches-3", "batch", "b1"));
    }
  }

  @Test
  void anotherBatchWithinHasNotTheJobOfTheFirst() {
    try (var one = LogScope.ofBatch("b1", "batches/1")) {
      try (var other = LogScope.ofBatch("b2", null)) {
        assertThat(lines()).isEqualTo(Map.of("batch", "b2"));
      }
      assertThat(lines()).isEqualTo(Map.of("batch", "b1", "job", "batches/1"));
    }
  }

  @Test
  void goesWithATaskToAnotherThreadAndDoesNotStayThere() throws Exception {
    var during = new HashMap<String, String>();
    var after = new HashMap<String, String>();
    Runnable task;
    try (var scope = LogScope.ofBatch("b1", "batches/1")) {
      task = LogScope.carriedBy(() -> during.putAll(lines()));
    }
    var other =
        new Thread(
            () -> {
              MDC.put("its", "own");
              task.run();
              after.putAll(lines());
            });
    other.start();
    other.join();
    assertThat(during).isEqualTo(Map.of("batch", "b1", "job", "batches/1"));
    assertThat(after).isEqualTo(Map.of("its", "own"));
  }
}
