package io.promptferry.producer;

import io.promptferry.schemas.ErrorReason;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The code of the Javadoc and of the docs, so that it compiles; {@link ExamplesTest} compares. */
@SuppressWarnings("FutureReturnValueIgnored") // As the docs show it: callbacks and commits tell.
abstract class Examples {

  Prompt text(String review, String product) {
    Prompt prompt =
        Prompt.text("Summarize in one line: " + review)
            .key(product)
            .id("review-17")
            .system("You are terse.")
            .generation(g -> g.setTemperature(0.2).setMaxOutputTokens(100))
            .build();
    return prompt;
  }

  void send(String review, String product) {
    try (PromptProducer producer =
        PromptProducer.builder()
            .bootstrapServers("kafka:9092")
            .schemaRegistry("http://registry:8081")
            .build()) {
      producer
          .send(Prompt.text("Summarize in one line: " + review).key(product).build())
          .whenComplete((sent, failure) -> remember(sent, failure));
    }
  }

  void failures(PromptProducer producer, Prompt prompt) {
    try {
      producer.send(prompt).whenComplete((sent, failure) -> remember(sent, failure));
    } catch (PromptRejectedException e) {
      setAside(prompt, e.reason(), e.getMessage());
    }
  }

  Prompt rawForm(String product) {
    Prompt prompt =
        Prompt.request("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi\"}]}]}")
            .key(product)
            .build();
    return prompt;
  }

  Prompt schema(String review, String product) {
    Prompt prompt =
        Prompt.text("What does the reviewer say? " + review)
            .key(product)
            .schema("{\"type\":\"object\",\"properties\":{\"stars\":{\"type\":\"integer\"}}}")
            .build();
    return prompt;
  }

  void records(Producer<byte[], byte[]> kafka, PromptRecords records, byte[] order, String text) {
    kafka.beginTransaction();
    try {
      kafka.send(new ProducerRecord<>("orders", order));
      kafka.send(records.record(Prompt.text("Classify: " + text).key("orders").build()));
      kafka.commitTransaction();
    } catch (RuntimeException e) {
      kafka.abortTransaction();
      throw e;
    }
  }

  void transaction(
      Producer<byte[], byte[]> kafka, PromptProducerBuilder settings, byte[] order, String text) {
    kafka.initTransactions();
    PromptProducer prompts = settings.within(kafka);

    kafka.beginTransaction();
    try {
      kafka.send(new ProducerRecord<>("orders", order));
      prompts.send(Prompt.text("Classify: " + text).key("orders").build());
      kafka.commitTransaction();
    } catch (RuntimeException e) {
      kafka.abortTransaction();
      throw e;
    }
  }

  void consume() {
    try (ResponseConsumer answers =
        ResponseConsumer.builder()
            .bootstrapServers("kafka:9092")
            .schemaRegistry("http://registry:8081")
            .group("review-reader")
            .keys("shoes", "hats")
            .build()) {
      answers.forEach(
          answer -> {
            if (answer.succeeded()) {
              save(answer.id(), answer.text().orElse(""));
            } else {
              report(answer.id(), answer.response().getError().getMessage());
            }
          });
    }
  }

  void poll(ResponseConsumer answers) {
    for (Answer answer : answers.poll(Duration.ofSeconds(1))) {
      save(answer.id(), answer.text().orElse(""));
    }
    answers.commit();
  }

  void awaitOne(SentPrompt sent) {
    try (ResponseConsumer answers =
        ResponseConsumer.builder()
            .bootstrapServers("localhost:9092")
            .schemaRegistry("http://localhost:8081/apis/ccompat/v7")
            .keys("shoes")
            .build()) {
      Answer answer = answers.await(sent, Duration.ofMinutes(1)).orElseThrow();
      save(answer.id(), answer.text().orElse(""));
    }
  }

  PromptProducer parts(Map<String, String> settings, String apiKey) {
    PromptProducer producer =
        PromptProducer.builder()
            .settings(settings)
            .partStore(new FilesApiStore(() -> apiKey))
            .setting("promptferry.part.wait.ms", 86_400_000)
            .build();
    return producer;
  }

  abstract void remember(@Nullable SentPrompt sent, @Nullable Throwable failure);

  abstract void setAside(Prompt prompt, ErrorReason reason, @Nullable String message);

  abstract void save(String id, String text);

  abstract void report(String what, String why);
}
