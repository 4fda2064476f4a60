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
import io.promptferry.records.Slice;
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
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** What a stranger sees of a running stack: its topics, from outside. */
final class Pipeline implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final KafkaClients clients;
  private final RecordSerdes serdes;
  private final Topics topics = new Topics("");
  private final ResponseTopics responseTopics = new ResponseTopics(topics.responses());
  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;

  Pipeline(ServiceConfig config) {
    this.clients = new KafkaClients(config);
    this.serdes = new RecordSerdes(config.registry());
    this.admin = clients.admin();
    this.consumer = clients.reader(new ByteArrayDeserializer());
    this.producer = clients.idempotent();
  }

  List<Sent> publish(List<DemoPrompt> prompts) {
    return new Publisher(producer, serdes.serializer(PromptEvent.class), topics.prompts())
        .publish(prompts, acknowledged -> {});
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
    return (int)
        receipts().stream().filter(Receipt::getSettled).map(Receipt::getBatchId).distinct().count();
  }

  /** Every receipt, those of a batch in their order. */
  List<Receipt> receipts() {
    return read(topics.receipts(), serdes.deserializer(Receipt.class));
  }

  /** Every slice, of prompts and of retries. */
  List<Slice> slices() {
    return read(topics.slices(), serdes.deserializer(Slice.class));
  }

  private <V> List<V> read(String topic, Deserializer<V> values) {
    var all = new ArrayList<V>();
    try (Consumer<byte[], V> reader = clients.reader(values)) {
      for (TopicPartition partition : partitions(topic)) {
        TopicTail.read(
            reader,
            admin,
            partition,
            TIMEOUT,
            Clock.systemUTC(),
            record -> all.add(record.value()));
      }
    }
    return all;
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
    producer.close();
    consumer.close();
    admin.close();
  }
}
