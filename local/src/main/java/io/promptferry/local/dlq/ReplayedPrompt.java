package io.promptferry.local.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.schemas.HeaderNames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Makes a dead letter the prompt again that it was. */
final class ReplayedPrompt {

  private ReplayedPrompt() {}

  /**
   * The prompt with its key, its value and its headers, one replay counted.
   *
   * @param partitions how many its topic has now; it goes to the partition that it came from, since
   *     another client's partitioner may have chosen it, unless that is no longer there
   */
  static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> record, byte @Nullable [] value, int partitions) {
    DeadLetter letter = DeadLetter.of(record);
    int partition = letter.prompt().partition();
    var prompt =
        new ProducerRecord<>(
            letter.prompt().topic(),
            partition < partitions ? partition : null,
            record.key(),
            value);
    own(record).forEach(prompt.headers()::add);
    prompt
        .headers()
        .add(HeaderNames.REPLAYS, Integer.toString(letter.replays() + 1).getBytes(UTF_8));
    return prompt;
  }

  /** The prompt's own headers: of equal names only the last is ours. */
  static Deque<Header> own(ConsumerRecord<byte[], byte[]> record) {
    Set<String> added = new HashSet<>(HeaderNames.OF_DEAD_LETTERS);
    Deque<Header> own = new ArrayDeque<>();
    Header[] headers = record.headers().toArray();
    for (int i = headers.length - 1; i >= 0; i--) {
      String name = headers[i].key();
      if (!added.remove(name) && !name.equals(HeaderNames.REPLAYS)) {
        own.addFirst(headers[i]);
      }
    }
    return own;
  }
}
