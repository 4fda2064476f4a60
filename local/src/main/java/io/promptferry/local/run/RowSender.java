package io.promptferry.local.run;

import io.promptferry.local.client.Setup;
import io.promptferry.local.rows.Row;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.Sends;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a run's rows in transactions. Not for their atomicity: beginning fences whoever sent for
 * the same run before and ends what it left open, so that from then on the topic tells exactly
 * which rows are there. Without that, a request of a process that was killed could land behind the
 * reading.
 */
final class RowSender implements AutoCloseable {

  /** A row as it goes to Kafka. */
  record Outgoing(Row row, ProducerRecord<byte[], byte[]> record) {}

  private final Producer<byte[], byte[]> producer;
  private final BadRows bad;

  private RowSender(Producer<byte[], byte[]> producer, BadRows bad) {
    this.producer = producer;
    this.bad = bad;
  }

  /**
   * Connects, and fences.
   *
   * @param bad is told of rows that Kafka finds too large
   */
  static RowSender connect(ServiceConfig config, String run, BadRows bad) {
    Producer<byte[], byte[]> producer =
        new KafkaClients(config)
            .transactional(config.getString(ServiceConfig.DEPLOYMENT) + "-run-" + run);
    return connect(producer, bad);
  }

  static RowSender connect(Producer<byte[], byte[]> producer, BadRows bad) {
    var sender = new RowSender(producer, bad);
    try {
      producer.initTransactions();
      return sender;
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      sender.close();
      throw fenced(e);
    } catch (RuntimeException e) {
      sender.close();
      throw e;
    }
  }

  /**
   * Sends all in one transaction, and returns when Kafka has them.
   *
   * @return how many Kafka took
   * @throws KafkaException when it did not, or what became of them is not known; one line
   */
  int send(List<Outgoing> rows) throws IOException {
    if (rows.isEmpty()) {
      return 0;
    }
    try {
      producer.beginTransaction();
      Sends.all(producer, rows.stream().map(Outgoing::record).toList());
      producer.commitTransaction();
      return rows.size();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      // As a cause, where it shows with the record after the one that was refused.
      if (cause(e, ProducerFencedException.class) != null
          || cause(e, InvalidProducerEpochException.class) != null
          || cause(e, InvalidTxnStateException.class) != null) {
        throw fenced(e);
      }
      RecordTooLargeException tooLarge = cause(e, RecordTooLargeException.class);
      if (tooLarge == null) {
        throw new KafkaException(
            "Kafka did not take the last rows, or did not say: %s; run this again, it finds out which"
                    .formatted(e.getMessage())
                + " are there",
            e);
      }
      producer.abortTransaction();
      if (rows.size() == 1) {
        bad.add(rows.get(0).row(), "Kafka did not take it: " + tooLarge.getMessage());
        return 0;
      }
      // Halves, until the one that is to blame is alone.
      int half = rows.size() / 2;
      return send(rows.subList(0, half)) + send(rows.subList(half, rows.size()));
    }
  }

  private static KafkaException fenced(KafkaException e) {
    return new KafkaException(
        "another process sends the same input now: let it, or end it and run this again", e);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> kind) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return kind.cast(cause);
      }
    }
    return null;
  }

  /**
   * After an interrupt, as of Ctrl-C, at once: what is under way would be waited for in vain, and
   * the next start ends it.
   */
  @Override
  public void close() {
    // An interrupted producer complains at length while it closes.
    boolean interrupted = Thread.interrupted();
    producer.close(interrupted ? Duration.ZERO : Setup.ANSWER_LIMIT);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
