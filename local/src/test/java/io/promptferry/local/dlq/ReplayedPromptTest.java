package io.promptferry.local.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.schemas.HeaderNames;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ReplayedPromptTest {

  @Test
  void isThePromptAsItWasWithOneReplayCounted() {
    ProducerRecord<byte[], byte[]> prompt =
        replayed(Letters.rejected("tenant", "acme", "tenant", "other"));
    assertThat(prompt.topic()).isEqualTo("prompts");
    assertThat(prompt.partition()).isEqualTo(1);
    assertThat(prompt.timestamp()).isNull();
    assertThat(prompt.key()).isEqualTo("key".getBytes(UTF_8));
    assertThat(prompt.value()).isEqualTo("value".getBytes(UTF_8));
    assertThat(headers(prompt))
        .containsExactly("tenant=acme", "tenant=other", "promptferry-replays=1");
  }

  @Test
  void countsOn() {
    assertThat(headers(replayed(Letters.rejected(HeaderNames.REPLAYS, "2", "tenant", "acme"))))
        .containsExactly("tenant=acme", "promptferry-replays=3");
    assertThat(headers(replayed(Letters.rejected(HeaderNames.REPLAYS, "many"))))
        .containsExactly("promptferry-replays=1");
  }

  @Test
  void aHeaderOfTheCallersThatIsNamedAsOursIsKept() {
    assertThat(headers(replayed(Letters.rejected(HeaderNames.ERROR_TOPIC, "theirs"))))
        .containsExactly(HeaderNames.ERROR_TOPIC + "=theirs", "promptferry-replays=1");
  }

  @Test
  void aValueThatWasFetchedTakesTheEmptyPlaceAndItsSizeIsNoLongerSaid() {
    var record = Letters.record(null, Letters.rejected(HeaderNames.VALUE_BYTES, "5"));
    ProducerRecord<byte[], byte[]> prompt = ReplayedPrompt.of(record, "large".getBytes(UTF_8), 2);
    assertThat(prompt.value()).isEqualTo("large".getBytes(UTF_8));
    assertThat(headers(prompt)).containsExactly("promptferry-replays=1");
  }

  @Test
  void aPartitionThatIsGoneIsNotAskedFor() {
    var record = Letters.record("value", Letters.rejected());
    assertThat(ReplayedPrompt.of(record, record.value(), 1).partition()).isNull();
  }

  private static ProducerRecord<byte[], byte[]> replayed(String... headers) {
    ConsumerRecord<byte[], byte[]> record = Letters.record("value", headers);
    return ReplayedPrompt.of(record, record.value(), 2);
  }

  private static List<String> headers(ProducerRecord<byte[], byte[]> prompt) {
    var texts = new ArrayList<String>();
    prompt.headers().forEach(h -> texts.add(h.key() + "=" + new String(h.value(), UTF_8)));
    return texts;
  }
}
