package io.promptferry.runtime.kafka;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends inside a transaction. */
public final class Sends {

  private Sends() {}

  /**
   * Sends all; nothing is waited for, since committing the transaction waits for all and throws
   * what any of them met.
   */
  @SuppressWarnings("FutureReturnValueIgnored")
  public static void all(
      Producer<byte[], byte[]> producer, Iterable<ProducerRecord<byte[], byte[]>> records) {
    records.forEach(producer::send);
  }

  /** As {@link #all(Producer, Iterable)}, noting who is to blame. */
  @SuppressWarnings("FutureReturnValueIgnored")
  static void all(
      Producer<byte[], byte[]> producer,
      Iterable<ProducerRecord<byte[], byte[]>> records,
      Refusals refusals) {
    records.forEach(
        record -> producer.send(record, (metadata, failure) -> refusals.note(record, failure)));
  }
}
