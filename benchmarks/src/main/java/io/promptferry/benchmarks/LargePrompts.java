package io.promptferry.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Prompts that fill a file soon. */
final class LargePrompts {

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private final KafkaClients clients;
  private final Serializer<PromptEvent> serializer;
  private final String topic;
  private final Random random = new Random(1);

  LargePrompts(KafkaClients clients, RecordSerdes serdes, String topic) {
    this.clients = clients;
    this.serializer = serdes.serializer(PromptEvent.class);
    this.topic = topic;
  }

  /** Publishes prompts that differ; one that repeats itself compresses to less than a hundredth. */
  @SuppressWarnings("FutureReturnValueIgnored") // A failure shows as a file that never comes.
  void publish(long count, int length, boolean repeated) {
    byte[] letters = letters(random, 2 * length);
    try (Producer<byte[], byte[]> producer = clients.idempotent()) {
      for (long i = 0; i < count; i++) {
        int from = random.nextInt(length);
        String text =
            repeated
                ? new String(letters, from / 2, 60, US_ASCII).repeat(length / 60)
                : new String(letters, from, length, US_ASCII);
        byte[] value =
            serializer.serialize(topic, PromptEvent.newBuilder().setPrompt(i + text).build());
        producer.send(new ProducerRecord<>(topic, value));
      }
      producer.flush();
    }
  }

  /** Writes a file of so many letters. */
  static void write(Path file, long size) throws IOException {
    byte[] letters = letters(new Random(1), 1024 * 1024);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (long left = size; left > 0; left -= letters.length) {
        out.write(letters, 0, (int) Math.min(left, letters.length));
      }
    }
  }

  private static byte[] letters(Random random, int length) {
    byte[] letters = new byte[length];
    for (int i = 0; i < length; i++) {
      letters[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    }
    return letters;
  }
}
