package io.promptferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Whose the records of a broker's own topic are. Both {@code __consumer_offsets} and {@code
 * __transaction_state} have keys that begin with a version (two bytes) and a name with its length
 * (two bytes) before it: a group, or a transactional id.
 */
final class InternalShares {

  static final String OFFSETS = "__consumer_offsets";
  static final String TRANSACTIONS = "__transaction_state";

  /**
   * What a record takes beside key and value where the broker writes each as a batch of its own.
   */
  private static final int FRAME_BYTES = 70;

  private static final Duration POLL = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> reader;

  /**
   * @param reader borrowed; assigned and moved here
   */
  InternalShares(Consumer<byte[], byte[]> reader) {
    this.reader = reader;
  }

  /** Where the topic ends now. */
  Map<TopicPartition, Long> ends(String topic) {
    List<TopicPartition> partitions =
        reader.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    return reader.endOffsets(partitions);
  }

  /**
   * Parts of 1 by the name's owner, for what was written between two ends.
   *
   * @return empty where nothing was
   */
  Map<Owner, Double> between(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
    var bytes = new TreeMap<Owner, Double>();
    reader.assign(to.keySet());
    to.keySet().forEach(partition -> reader.seek(partition, from.getOrDefault(partition, 0L)));
    while (to.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        int value = Math.max(0, record.serializedValueSize());
        bytes.merge(
            Owner.of(name(record.key())),
            (double) (record.serializedKeySize() + value + FRAME_BYTES),
            Double::sum);
      }
    }
    double total = bytes.values().stream().mapToDouble(Double::doubleValue).sum();
    bytes.replaceAll((owner, size) -> size / total);
    return bytes;
  }

  static String name(byte[] key) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    bytes.getShort();
    byte[] name = new byte[bytes.getShort()];
    bytes.get(name);
    return new String(name, UTF_8);
  }
}
