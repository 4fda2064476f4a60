package io.promptferry.batcher.slice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.schemas.HeaderNames;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A prompt that was rejected, on its way to the dead letters. */
record DeadLetter(ConsumerRecord<byte[], byte[]> prompt, Intake.Rejected rejected) {

  TopicPartition partition() {
    return new TopicPartition(prompt.topic(), prompt.partition());
  }

  /** The prompt as it came, with its headers, and behind them what was wrong and where it stood. */
  ProducerRecord<byte[], byte[]> toRecord(String topic) {
    var letter =
        new ProducerRecord<>(topic, null, null, prompt.key(), prompt.value(), prompt.headers());
    addHeader(letter, HeaderNames.REASON, rejected.reason().name());
    addHeader(letter, HeaderNames.TIMESTAMP, Long.toString(prompt.timestamp()));
    addHeader(letter, HeaderNames.ERROR_MESSAGE, rejected.message());
    addHeader(letter, HeaderNames.ERROR_TOPIC, prompt.topic());
    addHeader(letter, HeaderNames.ERROR_PARTITION, Integer.toString(prompt.partition()));
    addHeader(letter, HeaderNames.ERROR_OFFSET, Long.toString(prompt.offset()));
    return letter;
  }

  private static void addHeader(ProducerRecord<byte[], byte[]> letter, String name, String value) {
    letter.headers().add(name, value.getBytes(UTF_8));
  }
}
