package io.promptferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Writes prompts of 1,000 random letters and digits, which LZ4 cannot make smaller. */
final class Upstream {

  /** Begins with what no stage of the batcher is called. */
  private static final String TRANSACTIONAL_ID = "upstream";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int TEXT_LENGTH = 1000;
  private static final int TRANSACTION = 100;
  private static final int ONE_IN_ABORTED = 10;
  private static final int KEYS = 1000;

  private final KafkaClients clients;
  private final Serializer<PromptEvent> serializer;
  private final String topic;
  private final Random random;

  /**
   * What became visible.
   *
   * @param prompts how many
   * @param valueBytes sum of their values' sizes
   */
  record Published(int prompts, long valueBytes) {}

  Upstream(KafkaClients clients, RecordSerdes serdes, String topic, Random random) {
    this.clients = clients;
    this.serializer = serdes.serializer(PromptEvent.class);
    this.topic = topic;
    this.random = random;
  }

  Published publish(Load load) {
    try (Producer<byte[], byte[]> producer =
        load.shape().transactional
            ? clients.transactional(TRANSACTIONAL_ID)
            : clients.idempotent()) {
      return load.shape().transactional ? transactions(producer, load) : plain(producer, load);
    }
  }

  private Published plain(Producer<byte[], byte[]> producer, Load load) {
    var pace = new Pace(load.perSecond());
    long bytes = send(producer, load, load.prompts(), pace);
    producer.flush();
    return new Published(load.prompts(), bytes);
  }

  private Published transactions(Producer<byte[], byte[]> producer, Load load) {
    producer.initTransactions();
    var pace = new Pace(load.perSecond());
    int prompts = 0;
    long bytes = 0;
    for (int i = 0; i * TRANSACTION < load.prompts(); i++) {
      producer.beginTransaction();
      long sent = send(producer, load, TRANSACTION, pace);
      if (i % ONE_IN_ABORTED == ONE_IN_ABORTED - 1) {
        producer.abortTransaction();
      } else {
        producer.commitTransaction();
        prompts += TRANSACTION;
        bytes += sent;
      }
    }
    return new Published(prompts, bytes);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // A failure shows as prompts that never arrive.
  private long send(Producer<byte[], byte[]> producer, Load load, int prompts, Pace pace) {
    long bytes = 0;
    for (int i = 0; i < prompts; i++) {
      pace.next();
      ProducerRecord<byte[], byte[]> record = prompt(load.shape().lanes);
      bytes += record.value().length;
      producer.send(record);
    }
    return bytes;
  }

  private ProducerRecord<byte[], byte[]> prompt(int lanes) {
    PromptEvent event =
        PromptEvent.newBuilder()
            .setModel("model-" + random.nextInt(lanes))
            .setPrompt(text())
            .build();
    byte[] key = ("key " + random.nextInt(KEYS)).getBytes(UTF_8);
    return new ProducerRecord<>(topic, key, serializer.serialize(topic, event));
  }

  private String text() {
    var text = new StringBuilder(TEXT_LENGTH);
    for (int i = 0; i < TEXT_LENGTH; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** So many a second, evenly. */
  private static final class Pace {
    private final long gap;
    private long due = System.nanoTime();

    Pace(int perSecond) {
      this.gap = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    void next() {
      due += gap;
      long wait = gap == 0 ? 0 : due - System.nanoTime();
      while (wait > 0) {
        LockSupport.parkNanos(wait);
        wait = due - System.nanoTime();
      }
    }
  }
}
