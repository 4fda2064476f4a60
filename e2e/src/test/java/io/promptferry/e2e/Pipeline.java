package io.promptferry.e2e;

import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Publisher;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Checker;
import io.promptferry.local.demo.verdict.LedgerReader;
import io.promptferry.local.demo.verdict.ResponseReader;
import io.promptferry.local.demo.verdict.ResponseTopics;
import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Receipt;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a stranger sees of a running stack: its topics, from outside. */
final class Pipeline implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final KafkaClients clients;
  private final RecordSerdes serdes;
  private final Topics topics = new Topics("");
  private final ResponseTopics responseTopics = new ResponseTopics(topics.responses());
  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;

  Pipeline(ServiceConfig config) {
    this.clients = new KafkaClients(config);
    this.serdes = new RecordSerdes(config.registry());
    this.admin = clients.admin();
    this.consumer = clients.reader(new ByteArrayDeserializer());
  }

  List<Sent> publish(List<DemoPrompt> prompts) {
    try (var producer = clients.idempotent()) {
      return new Publisher(producer, serdes.serializer(PromptEvent.class), topics.prompts())
          .publish(prompts, acknowledged -> {});
    }
  }

  /** The sum of the end offsets of a topic's partitions. */
  long end(String topic) {
    return consumer.endOffsets(partitions(topic)).values().stream().mapToLong(end -> end).sum();
  }

  /** Every answer on every response topic; one that cannot be read is an error. */
  List<ConsumerRecord<byte[], PromptResponse>> answers() {
    var answers = new ArrayList<ConsumerRecord<byte[], PromptResponse>>();
    reader()
        .read(
            answers::add,
            unread -> {
              throw new IllegalStateException(unread);
            });
    return answers;
  }

  /** How many batches have a settled receipt. */
  int settled() {
    Set<String> settled = new HashSet<>();
    for (TopicPartition partition : partitions(topics.receipts())) {
      try (Consumer<byte[], Receipt> receipts =
          clients.reader(serdes.deserializer(Receipt.class))) {
        TopicTail.read(
            receipts,
            admin,
            partition,
            TIMEOUT,
            Clock.systemUTC(),
            record -> {
              if (record.value().getSettled()) {
                settled.add(record.value().getBatchId());
              }
            });
      }
    }
    return settled.size();
  }

  Verdict verdict(List<Sent> sent, URI simulator) throws IOException {
    var checker = new Checker(sent, responseTopics);
    reader().read(checker::answer, checker::unread);
    return checker.verdict(LedgerReader.read(simulator));
  }

  private ResponseReader reader() {
    return new ResponseReader(
        consumer,
        admin,
        serdes.deserializer(PromptResponse.class),
        responseTopics,
        Clock.systemUTC());
  }

  private List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
