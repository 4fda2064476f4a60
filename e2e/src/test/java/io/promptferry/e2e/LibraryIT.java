package io.promptferry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.producer.Answer;
import io.promptferry.producer.Prompt;
import io.promptferry.producer.PromptProducer;
import io.promptferry.producer.PromptProducerBuilder;
import io.promptferry.producer.ResponseConsumer;
import io.promptferry.producer.SentPrompt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library that services embed, on both sides of the whole road: what it sends is answered to
 * it, and what a caller's transaction takes back is not.
 */
class LibraryIT {

  private static final String KEY = "a key, with ü";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  @Timeout(180)
  void whatIsSentIsAnsweredAndWhatIsAbortedIsNot(@TempDir Path folder) {
    StackSettings settings =
        StackSettings.defaults(folder).withDelays(Duration.ofMillis(100), Duration.ofMillis(200));
    try (LocalStack stack = LocalStack.start(settings, step -> {});
        ResponseConsumer answers = answers(stack, KEY);
        ResponseConsumer all =
            ResponseConsumer.builder().settings(addresses(stack)).allKeys().build()) {
      var sent = new ArrayList<SentPrompt>(transactions(stack));
      try (PromptProducer producer = builder(stack).build()) {
        sent.add(
            producer.send(Prompt.text("typed").key(KEY).traceparent("00-trace").build()).join());
        sent.add(
            producer
                .send(
                    Prompt.request("{\"contents\":[{\"parts\":[{\"text\":\"raw\"}]}]}")
                        .key(KEY)
                        .attribute("form", "raw")
                        .build())
                .join());
        sent.add(producer.send(Prompt.text("of another").key("other").build()).join());
      }

      Answer typed = answers.await(sent.get(1).id(), PATIENCE).orElseThrow();
      assertThat(typed.key()).contains(KEY);
      assertThat(typed.prompt()).contains(sent.get(1).coordinates());
      assertThat(typed.succeeded()).isTrue();
      assertThat(typed.text()).isPresent();
      assertThat(typed.header("traceparent")).contains("00-trace");
      Answer raw = answers.await(sent.get(2).id(), PATIENCE).orElseThrow();
      assertThat(raw.response().getAttributes()).containsEntry("form", "raw");

      // The aborted one stands before all of them in its partition, so it would have come by now.
      List<String> ids = sent.stream().map(SentPrompt::id).toList();
      assertThat(ids).contains("committed");
      for (String id : ids) {
        assertThat(all.await(id, PATIENCE)).as(id).isPresent();
      }
      assertThat(all.poll(Duration.ofSeconds(3))).isEmpty();
    }
  }

  /** An aborted prompt, and then one that is committed. */
  private static List<SentPrompt> transactions(LocalStack stack) {
    try (Producer<byte[], byte[]> kafka =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", stack.bootstrapServers(), "transactional.id", "upstream"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      PromptProducer prompts = builder(stack).within(kafka);
      kafka.initTransactions();
      kafka.beginTransaction();
      SentPrompt aborted = flushed(prompts, "aborted");
      kafka.abortTransaction();
      kafka.beginTransaction();
      SentPrompt committed = flushed(prompts, "committed");
      kafka.commitTransaction();
      assertThat(committed.partition()).isEqualTo(aborted.partition());
      assertThat(committed.offset()).isGreaterThan(aborted.offset());
      return List.of(committed);
    }
  }

  private static SentPrompt flushed(PromptProducer prompts, String id) {
    var sent = prompts.send(Prompt.text("in a transaction").key(KEY).id(id).build());
    prompts.flush();
    return sent.join();
  }

  private static PromptProducerBuilder builder(LocalStack stack) {
    return PromptProducer.builder().settings(addresses(stack));
  }

  private static ResponseConsumer answers(LocalStack stack, String key) {
    return ResponseConsumer.builder().settings(addresses(stack)).keys(key).build();
  }

  private static Map<String, String> addresses(LocalStack stack) {
    return Map.of(
        "bootstrap.servers", stack.bootstrapServers(), "schema.registry.url", stack.registryUrl());
  }
}
