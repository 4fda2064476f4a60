package io.promptferry.benchmarks;

import io.promptferry.local.stack.LocalStack;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Puts loads on a batcher, one after the other, and measures by how much the logs grow. */
final class Bench implements AutoCloseable {

  private static final int BROKER = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Topics topics = new Topics("");
  private final KafkaClients clients;
  private final RecordSerdes serdes;
  private final Random random;
  private final URI batcher;
  private final Admin admin;
  private final Consumer<byte[], byte[]> reader;

  Bench(LocalStack stack, Random random) {
    this.clients = new KafkaClients(stack.clientConfig());
    this.serdes = new RecordSerdes(stack.clientConfig().registry());
    this.random = random;
    this.batcher =
        stack.endpoints().stream()
            .filter(endpoint -> endpoint.name().equals("batcher"))
            .map(endpoint -> URI.create(endpoint.address()))
            .findFirst()
            .orElseThrow();
    this.admin = clients.admin();
    // read_uncommitted: offsets that belong to transactions are to be counted too.
    this.reader =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.bootstrapServers(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  Measured measure(Load load) throws IOException, InterruptedException {
    var shares = new InternalShares(reader);
    LogSizes sizesBefore = LogSizes.of(admin, BROKER);
    Map<TopicPartition, Long> offsetsBefore = shares.ends(InternalShares.OFFSETS);
    Map<TopicPartition, Long> transactionsBefore = shares.ends(InternalShares.TRANSACTIONS);
    ReadCounters countersBefore = ReadCounters.ask(batcher);
    long begin = System.nanoTime();

    Upstream.Published published =
        new Upstream(clients, serdes, topics.prompts(), random).publish(load);
    ReadCounters counters = awaitUsed(countersBefore.used() + published.prompts());
    double seconds = (System.nanoTime() - begin) / 1e9;
    LogSizes sizes = awaitQuiet();

    Map<String, Long> grown = sizes.since(sizesBefore);
    Map<Owner, Double> offsets = shares.between(offsetsBefore, shares.ends(InternalShares.OFFSETS));
    Map<Owner, Double> transactions =
        shares.between(transactionsBefore, shares.ends(InternalShares.TRANSACTIONS));
    return new Measured(
        load.title(),
        published.prompts(),
        published.valueBytes(),
        grown.getOrDefault(topics.prompts(), 0L),
        seconds,
        of(Owner.SLICE, grown, offsets, transactions),
        of(Owner.ASSEMBLE, grown, offsets, transactions),
        counters.read() - countersBefore.read(),
        counters.used() - countersBefore.used());
  }

  /** By how much each topic grows in a second in which nobody sends anything. */
  Map<String, Double> idle() throws InterruptedException {
    LogSizes before = LogSizes.of(admin, BROKER);
    LockSupport.parkNanos(IDLE.toNanos());
    var perSecond = new TreeMap<String, Double>();
    LogSizes.of(admin, BROKER)
        .since(before)
        .forEach((topic, bytes) -> perSecond.put(topic, (double) bytes / IDLE.toSeconds()));
    return perSecond;
  }

  private Map<String, Long> of(
      Owner owner,
      Map<String, Long> grown,
      Map<Owner, Double> offsets,
      Map<Owner, Double> transactions) {
    var bytes = new TreeMap<String, Long>();
    var shares = new HashMap<String, Double>();
    shares.put(InternalShares.OFFSETS, offsets.getOrDefault(owner, 0.0));
    shares.put(InternalShares.TRANSACTIONS, transactions.getOrDefault(owner, 0.0));
    grown.forEach(
        (topic, size) -> {
          double share = shares.getOrDefault(topic, writer(topic) == owner ? 1.0 : 0.0);
          if (share > 0) {
            bytes.put(topic, Math.round(size * share));
          }
        });
    return bytes;
  }

  private Owner writer(String topic) {
    if (topic.equals(topics.slices()) || topic.equals(topics.deadLetters())) {
      return Owner.SLICE;
    }
    return topic.equals(topics.batches()) || topic.endsWith("-changelog")
        ? Owner.ASSEMBLE
        : Owner.OTHERS;
  }

  private ReadCounters awaitUsed(long wanted) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    ReadCounters counters = ReadCounters.ask(batcher);
    while (counters.used() < wanted) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "of %d prompts, %d were read again within %s: see the batcher's log"
                .formatted(wanted, counters.used(), PATIENCE));
      }
      LockSupport.parkNanos(LOOK.toNanos());
      counters = ReadCounters.ask(batcher);
    }
    return counters;
  }

  /** The sizes once they have stood still for three seconds. */
  private LogSizes awaitQuiet() throws InterruptedException {
    long begin = System.nanoTime();
    LogSizes sizes = LogSizes.of(admin, BROKER);
    long since = System.nanoTime();
    while (System.nanoTime() - since < TimeUnit.SECONDS.toNanos(3)) {
      LockSupport.parkNanos(LOOK.toNanos());
      LogSizes now = LogSizes.of(admin, BROKER);
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "after %s still grow: %s".formatted(PATIENCE, now.since(sizes)));
      }
      if (!now.withoutBrokers().equals(sizes.withoutBrokers())) {
        since = System.nanoTime();
      }
      sizes = now;
    }
    return sizes;
  }

  @Override
  public void close() {
    reader.close();
    admin.close();
  }
}
