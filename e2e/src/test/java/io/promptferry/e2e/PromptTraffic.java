package io.promptferry.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.PromptEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Two upstream services that keep writing keyed prompts of two models until they are stopped: one
 * sends plainly, one in transactions of which it aborts some. A few prompts of each are bad. Each
 * carries in a header what should become of it, so that the check does not rest on the batcher's
 * own validation.
 */
final class PromptTraffic implements AutoCloseable {

  /** A header: the model of a good prompt, or {@link #BAD}. */
  static final String EXPECTED = "expected";

  static final String BAD = "bad";
  static final List<String> MODELS = List.of("gemini-2.5-flash", "gemini-2.5-pro");

  private static final Duration PAUSE = Duration.ofMillis(25);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int ROUND_MAX = 12;
  private static final int KEYS = 50;

  private final Serializer<PromptEvent> serializer;
  private final String topic;
  private final Random random;
  private final Producer<byte[], byte[]> plain;
  private final Producer<byte[], byte[]> transactional;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger committed = new AtomicInteger();
  private final Set<Place> aborted = new ConcurrentSkipListSet<>();
  private final ScheduledFuture<?> rounds;

  private PromptTraffic(
      String bootstrap, Serializer<PromptEvent> serializer, String topic, long seed) {
    this.serializer = serializer;
    this.topic = topic;
    this.random = new Random(seed);
    this.plain = producer(bootstrap, Map.of());
    this.transactional =
        producer(bootstrap, Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "upstream"));
    transactional.initTransactions();
    this.rounds =
        thread.scheduleWithFixedDelay(this::round, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  static PromptTraffic start(
      String bootstrap, Serializer<PromptEvent> serializer, String topic, long seed) {
    return new PromptTraffic(bootstrap, serializer, topic, seed);
  }

  /** How many prompts a read_committed reader sees, good and bad. */
  int committed() {
    return committed.get();
  }

  /** Where prompts of aborted transactions stand. */
  Set<Place> aborted() {
    return aborted;
  }

  /** Ends the last round; throws what any round met. */
  void stop() throws Exception {
    boolean failed = rounds.isDone();
    rounds.cancel(false);
    thread.shutdown();
    if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the traffic did not end within " + PATIENCE);
    }
    if (failed) {
      rounds.get();
    }
  }

  private void round() {
    try {
      if (random.nextBoolean()) {
        committed.addAndGet(send(plain).size());
        return;
      }
      transactional.beginTransaction();
      List<Place> places = send(transactional);
      if (random.nextInt(3) == 0) {
        transactional.abortTransaction();
        aborted.addAll(places);
      } else {
        transactional.commitTransaction();
        committed.addAndGet(places.size());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Place> send(Producer<byte[], byte[]> producer)
      throws InterruptedException, ExecutionException {
    var sends = new ArrayList<Future<RecordMetadata>>();
    for (int i = 1 + random.nextInt(ROUND_MAX); i > 0; i--) {
      sends.add(producer.send(prompt()));
    }
    producer.flush();
    var places = new ArrayList<Place>();
    for (Future<RecordMetadata> send : sends) {
      places.add(new Place(send.get().partition(), send.get().offset()));
    }
    return places;
  }

  private ProducerRecord<byte[], byte[]> prompt() {
    boolean bad = random.nextInt(20) == 0;
    String model = MODELS.get(random.nextInt(MODELS.size()));
    var record =
        new ProducerRecord<>(
            topic,
            ("key " + random.nextInt(KEYS)).getBytes(UTF_8),
            bad ? badValue(model) : serializer.serialize(topic, good(model).build()));
    record.headers().add(EXPECTED, (bad ? BAD : model).getBytes(UTF_8));
    return record;
  }

  private byte[] badValue(String model) {
    return switch (random.nextInt(4)) {
      case 0 -> "no record at all".getBytes(UTF_8);
      case 1 -> serializer.serialize(topic, good(model).setPrompt(null).build());
      case 2 -> serializer.serialize(topic, good(model).setResponseJsonSchema("{").build());
      default ->
          serializer.serialize(topic, good(model).setDeadline(Instant.ofEpochSecond(1)).build());
    };
  }

  private PromptEvent.Builder good(String model) {
    return PromptEvent.newBuilder()
        .setModel(model)
        .setPrompt("Say this back: " + new UUID(random.nextLong(), random.nextLong()));
  }

  private static Producer<byte[], byte[]> producer(String bootstrap, Map<String, Object> more) {
    var settings = new HashMap<String, Object>(more);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    // Or added partitions would stay empty for five minutes.
    settings.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, 1000);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    thread.shutdownNow();
    plain.close();
    transactional.close();
  }
}
