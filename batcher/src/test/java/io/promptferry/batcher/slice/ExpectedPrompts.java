package io.promptferry.batcher.slice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What must become of the prompts of a topic, by its log alone.
 *
 * @param dropped how many repeat one before
 */
record ExpectedPrompts(List<String> sliced, List<String> deadLetters, int dropped) {

  static ExpectedPrompts of(SimulatedKafka kafka, Duration window, int reach) {
    var sliced = new ArrayList<String>();
    var deadLetters = new ArrayList<String>();
    int dropped = 0;
    for (int partition = 0; partition < kafka.partitions(); partition++) {
      var accepted = new HashMap<String, ConsumerRecord<byte[], byte[]>>();
      for (SimulatedKafka.Prompt prompt : kafka.prompts(partition).values()) {
        ConsumerRecord<byte[], byte[]> record = prompt.record();
        ConsumerRecord<byte[], byte[]> before = accepted.get(prompt.id());
        String name = kafka.topicId() + "/" + partition + "-" + record.offset();
        if (kafka.passedOver(partition).contains(record.offset())) {
          continue;
        }
        if (before != null
            && record.timestamp() - before.timestamp() < window.toMillis()
            && record.offset() - before.offset() <= reach) {
          dropped++;
        } else if (prompt.good()) {
          sliced.add(name);
          if (!prompt.id().isEmpty()) {
            accepted.put(prompt.id(), record);
          }
        } else {
          deadLetters.add(name);
        }
      }
    }
    return new ExpectedPrompts(sliced, deadLetters, dropped);
  }
}
