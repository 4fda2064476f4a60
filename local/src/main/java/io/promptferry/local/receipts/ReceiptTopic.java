package io.promptferry.local.receipts;

import io.promptferry.local.client.Setup;
import io.promptferry.local.client.TopicScan;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Deserializer;

/** The topic of receipts. */
public final class ReceiptTopic implements AutoCloseable {

  private final TopicScan scan;
  private final String topic;
  private final Deserializer<Receipt> receipt;

  private ReceiptTopic(TopicScan scan, String topic, Deserializer<Receipt> receipt) {
    this.scan = scan;
    this.topic = topic;
    this.receipt = receipt;
  }

  /**
   * Connects.
   *
   * @param progress told a line every few seconds of a reading that takes long
   * @throws org.apache.kafka.common.KafkaException when the cluster does not answer or the topic is
   *     missing; one line that says what to do
   */
  public static ReceiptTopic open(ServiceConfig config, Clock clock, Consumer<String> progress) {
    String topic = Topics.from(config).receipts();
    return new ReceiptTopic(
        TopicScan.open(config, List.of(topic), clock, progress),
        topic,
        Setup.serdes(config).deserializer(Receipt.class));
  }

  /**
   * Adds what is there now.
   *
   * @param since only what was written then or later, give or take what clocks differ by
   */
  public void read(Optional<Instant> since, ReceiptFold fold) {
    scan.read(
        topic::equals,
        since,
        record -> {
          byte[] value = record.value();
          if (value != null) {
            fold.add(receipt.deserialize(topic, value));
          }
          return false;
        });
  }

  @Override
  public void close() {
    scan.close();
  }
}
