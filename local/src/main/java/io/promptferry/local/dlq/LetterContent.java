package io.promptferry.local.dlq;

import io.promptferry.local.client.RecordToJson;
import io.promptferry.local.client.Setup;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Tells what a dead letter's prompt holds, as far as it can be read. */
public final class LetterContent implements AutoCloseable {

  private static final int BYTES_SHOWN = 200;

  private final RecordDecoder<PromptEvent> decoder;
  private final StandingPrompts standing;

  private LetterContent(RecordDecoder<PromptEvent> decoder, StandingPrompts standing) {
    this.decoder = decoder;
    this.standing = standing;
  }

  /** Connects; a registry that does not answer is told where it is needed. */
  public static LetterContent open(ServiceConfig config, Clock clock) {
    return new LetterContent(
        Setup.serdes(config).decoder(PromptEvent.class),
        new StandingPrompts(new KafkaClients(config).reader(new ByteArrayDeserializer()), clock));
  }

  /** The event as JSON, or why it is none and how its bytes begin; several lines. */
  public String text(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = DeadLetter.of(record);
    if (letter.missingBytes().isPresent()) {
      return String.format(
          Locale.ROOT,
          "%,d bytes, too large to be copied; %s",
          letter.missingBytes().getAsLong(),
          standing.value(letter).isPresent()
              ? "it still stands in its topic at " + letter.prompt()
              : "it is no longer in its topic");
    }
    if (record.value() == null) {
      return "none: the record has a key and headers only";
    }
    try {
      return RecordToJson.write(decoder.decode(record.topic(), record.value())).toPrettyString();
    } catch (UndecodableException | KafkaException e) {
      return "not readable: " + e.getMessage() + System.lineSeparator() + hex(record.value());
    }
  }

  private static String hex(byte[] bytes) {
    int shown = Math.min(bytes.length, BYTES_SHOWN);
    return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown)
        + (shown < bytes.length ? String.format(Locale.ROOT, " … (%,d bytes)", bytes.length) : "");
  }

  @Override
  public void close() {
    standing.close();
  }
}
