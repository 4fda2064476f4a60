package io.promptferry.local.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.records.PromptEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

class PublisherTest {

  private static final Serializer<PromptEvent> SERIALIZER =
      (topic, event) -> event.getPrompt().getBytes(StandardCharsets.UTF_8);

  @Test
  void sendsEachPromptWithKeyAndHeaderAndTellsItsPlace() {
    try (var producer = producer(true)) {
      var told = new ArrayList<Integer>();
      List<DemoPrompt> prompts = Passages.bundled().prompts(1200);
      List<Sent> sent = new Publisher(producer, SERIALIZER, "prompts").publish(prompts, told::add);
      assertThat(sent).extracting(Sent::prompt).isEqualTo(prompts);
      assertThat(sent.get(7)).isEqualTo(new Sent(prompts.get(7), "prompts", 0, 7));
      assertThat(sent.get(7).coordinates()).isEqualTo("prompts-0-7");
      assertThat(told).last().isEqualTo(1200);

      ProducerRecord<byte[], byte[]> record = producer.history().get(7);
      assertThat(record.key()).asString().isEqualTo(prompts.get(7).key());
      assertThat(record.value()).asString().isEqualTo(prompts.get(7).text());
      assertThat(record.headers().lastHeader("traceparent").value())
          .asString()
          .isEqualTo(prompts.get(7).traceparent());
    }
  }

  @Test
  void aPromptThatTheBrokerRefusesEndsIt() {
    try (var producer = producer(true)) {
      producer.sendException = new RecordTooLargeException("too large");
      var publisher = new Publisher(producer, SERIALIZER, "prompts");
      assertThatThrownBy(() -> publisher.publish(Passages.bundled().prompts(1), n -> {}))
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining("too large");
    }
  }

  private static MockProducer<byte[], byte[]> producer(boolean acknowledges) {
    return new MockProducer<>(
        acknowledges, null, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
