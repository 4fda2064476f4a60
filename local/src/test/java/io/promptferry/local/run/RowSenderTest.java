package io.promptferry.local.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.rows.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowSenderTest {

  private static final class NotedProducer extends MockProducer<byte[], byte[]> {
    private final List<Duration> closed = new ArrayList<>();

    private NotedProducer() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close(Duration timeout) {
      closed.add(timeout);
    }
  }

  private final NotedProducer producer = new NotedProducer();

  @AfterEach
  void leaveNoInterrupt() {
    Thread.interrupted();
  }

  @Test
  void anInterruptWhileItConnectsClosesAtOnceAndStaysSet() throws Exception {
    // Its constructor interrupts, as Kafka's producer does.
    producer.initTransactionException = new InterruptException("Ctrl-C");
    assertThatThrownBy(() -> RowSender.connect(producer, bad()))
        .isInstanceOf(InterruptException.class);
    assertThat(producer.closed).containsExactly(Duration.ZERO);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptWhileItSendsClosesAtOnceAndItsOrdinaryEndWaits() throws Exception {
    RowSender sender = RowSender.connect(producer, bad());
    sender.close();
    Thread.currentThread().interrupt();
    sender.close();
    assertThat(producer.closed).hasSize(2).last().isEqualTo(Duration.ZERO);
    assertThat(producer.closed.get(0)).isPositive();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whoIsFencedWhileItConnectsSaysThatAnotherSends() throws Exception {
    producer.initTransactionException = new ProducerFencedException("fenced");
    assertThatThrownBy(() -> RowSender.connect(producer, bad()))
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith("another process sends the same input now");
    assertThat(producer.closed).hasSize(1);
  }

  @Test
  void alsoWhoIsFencedBetweenTwoRecordsOrHasNoTransactionAnyMore() throws Exception {
    RowSender sender = RowSender.connect(producer, bad());
    var row = new Row.Content(1, "line 2", "", Map.of(), Optional.empty());
    var record = new ProducerRecord<byte[], byte[]>("prompts", new byte[0]);
    for (RuntimeException end :
        List.of(
            new KafkaException("in an error state", new ProducerFencedException("fenced")),
            new InvalidTxnStateException("invalid state"))) {
      producer.commitTransactionException = end;
      assertThatThrownBy(() -> sender.send(List.of(new RowSender.Outgoing(row, record))))
          .hasMessageStartingWith("another process sends the same input now");
      producer.commitTransactionException = null;
      producer.abortTransaction();
    }
  }

  private static BadRows bad() throws IOException {
    return new BadRows(Optional.empty(), line -> {});
  }
}
