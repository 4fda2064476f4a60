package io.promptferry.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptferry.local.client.ClientConfig;
import io.promptferry.local.client.Setup;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.Sends;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.stack.Broker;
import io.promptferry.stack.Registry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dlq commands on a real broker and a real registry; each test has topics of its own. */
@Timeout(120)
class DlqIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PARTITIONS = 2;

  /** Larger than a producer sends by default, less than what the topic is made to take. */
  private static final int LARGE = 3_000_000;

  @TempDir static Path folder;

  private static Broker broker;
  private static Registry registry;
  private static int tests;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Not long ago: the broker deletes what is older than the topics' retention. */
  private final Instant start =
      Clock.systemUTC().instant().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);

  private String prefix = "";
  private ServiceConfig config = ClientConfig.of("127.0.0.1:1", "http://127.0.0.1:1", Map.of());
  private byte[] event = {};

  @BeforeAll
  static void startStack() {
    broker =
        Broker.start(
            Broker.Settings.in(folder.resolve("broker"))
                .with("message.max.bytes", Integer.toString(2 * LARGE)));
    registry = Registry.start(folder.resolve("registry"), 0);
  }

  @AfterAll
  static void stopStack() {
    registry.close();
    broker.close();
  }

  @BeforeEach
  void makeTopics() {
    prefix = "t" + ++tests + "-";
    config =
        ClientConfig.load(
            new ClientConfig.Wanted(
                Optional.of(broker.bootstrapServers()),
                Optional.of(registry.url()),
                Optional.of(prefix)),
            null,
            Map.of());
    Setup.run(config, PARTITIONS, 1);
    event =
        new RecordSerdes(config.registry())
            .serializer(PromptEvent.class)
            .serialize(
                prompts(), PromptEvent.newBuilder().setId("i-1").setPrompt("Größe?").build());
  }

  @Test
  void listsWhatMatchesAndCountsAllOfIt() {
    assertThat(run("list")).isZero();
    assertThat(lines()).containsExactly("0 dead letters");

    reject(0, 17, 1, "BAD_MODEL", event);
    reject(0, 18, 2, "NO_MODEL", event);
    reject(1, 4, 3, "BAD_MODEL", event);
    reject(1, 5, 4, "BAD_MODEL", event);

    assertThat(run("list", "--limit", "2")).isZero();
    assertThat(lines())
        .containsExactly(
            at(3) + "  BAD_MODEL  " + prompts() + "-1-4  key 4  what is wrong",
            at(4) + "  BAD_MODEL  " + prompts() + "-1-5  key 5  what is wrong",
            "4 dead letters, the newest 2 shown; --limit shows more:",
            "  BAD_MODEL 3",
            "  NO_MODEL 1");

    String[] some = {
      "list", "--json", "--reason", "no_model,BAD_MODEL", "--since", at(2), "--until", at(4)
    };
    assertThat(run(some)).isZero();
    assertThat(lines().stream().map(line -> json(line).get("prompt").textValue()))
        .containsExactly(prefix + "prompts-0-18", prefix + "prompts-1-4");
    assertThat(text(err).lines())
        .containsExactly("2 dead letters:", "  BAD_MODEL 1", "  NO_MODEL 1");
    assertThat(run("list", "--since", at(5))).isZero();
    assertThat(lines()).containsExactly("0 dead letters");
    // Kafka knows no time before 1970.
    for (String early : List.of("1960-01-01", "99999d")) {
      assertThat(run("list", "--since", early)).as(text(err)).isZero();
      assertThat(lines()).contains("4 dead letters:");
    }
  }

  @Test
  void showsAllOfOne() {
    reject(0, 17, 1, "BAD_MODEL", event);
    reject(0, 18, 2, "UNDECODABLE", "no event\u0000".getBytes(UTF_8));
    assertThat(run("show", prefix + "prompts-0-17")).isZero();
    assertThat(lines())
        .contains(
            "prompt    " + prefix + "prompts-0-17",
            "reason    BAD_MODEL",
            "message   what is wrong",
            "prompted  " + at(0),
            "rejected  " + at(1) + ", kept at " + prefix + "prompts.dlq-0-0",
            "key       key 17",
            "  tenant  acme",
            "    \"prompt\" : \"Größe?\",");
    assertThat(run("show", prefix + "prompts-0-18")).isZero();
    assertThat(lines())
        .contains("  6e 6f 20 65 76 65 6e 74 00")
        .anyMatch(line -> line.startsWith("  not readable: the value is not in Confluent's"))
        .doesNotContain("prompt    " + prefix + "prompts-0-17");

    assertThat(run("show", prefix + "prompts-0-19")).isEqualTo(1);
    assertThat(text(err))
        .isEqualToIgnoringNewLines(
            "promptferry dlq show: no dead letter is of a prompt at %sprompts-0-19: 'promptferry dlq list' shows those there are"
                .formatted(prefix));
  }

  @Test
  void replaysWhatWasNamedAsItWas() {
    // Key 17 twice, so that the partition is not the one that the partitioner would choose.
    reject(0, 17, 1, "BAD_MODEL", event);
    reject(1, 17, 2, "BAD_MODEL", event);
    reject(1, 18, 3, "BAD_MODEL", null);
    reject(0, 19, 4, "NO_MODEL", event);

    assertThat(run("replay", "--reason", "BAD_MODEL")).isZero();
    assertThat(lines())
        .startsWith("would send 3 prompts", "  to " + prompts() + ": BAD_MODEL 3")
        .endsWith("add --yes to send");
    assertThat(sent()).isEmpty();

    String next = start.plusMillis(3001).toString();
    assertThat(run("replay", "--reason", "BAD_MODEL", "--yes")).isZero();
    assertThat(lines())
        .containsExactly(
            "sent 3 prompts",
            "  to " + prompts() + ": BAD_MODEL 3",
            "the same command sends them again; with --since " + next + " it leaves them out");
    List<ConsumerRecord<byte[], byte[]>> sent = sent();
    assertThat(sent.stream().map(r -> r.partition() + " " + new String(r.key(), UTF_8)))
        .containsExactlyInAnyOrder("0 key 17", "1 key 17", "1 key 18");
    assertThat(sent)
        .allSatisfy(
            record -> {
              boolean tombstone = new String(record.key(), UTF_8).equals("key 18");
              assertThat(record.value()).isEqualTo(tombstone ? null : event);
              assertThat(headers(record)).containsExactly("tenant=acme", "promptferry-replays=1");
              // The broker's time, not that of the prompt or the letter.
              assertThat(record.timestamp()).isGreaterThan(start.plusSeconds(60).toEpochMilli());
            });

    assertThat(run("replay", "--reason", "BAD_MODEL", "--yes", "--since", next)).isZero();
    assertThat(lines()).containsExactly("sent 0 prompts");
    assertThat(sent()).hasSize(3);
  }

  @Test
  void countsReplaysAndStopsAtTheMost() {
    reject(0, 17, 1, "BAD_MODEL", event);
    for (int replays = 1; replays <= 3; replays++) {
      String last = prefix + "prompts-0-" + (16 + replays);
      assertThat(run("replay", "--coordinates", last, "--yes")).isZero();
      List<ConsumerRecord<byte[], byte[]>> sent = sent();
      assertThat(sent).hasSize(replays);
      ConsumerRecord<byte[], byte[]> again = sent.get(replays - 1);
      assertThat(headers(again)).containsExactly("tenant=acme", "promptferry-replays=" + replays);
      // The batcher rejects it again: as it is, with what was wrong behind it.
      reject(0, 17 + replays, 1 + replays, "BAD_MODEL", again.value(), again.headers());
    }
    lines();
    assertThat(run("replay", "--reason", "BAD_MODEL", "--since", at(3), "--yes")).isZero();
    assertThat(lines())
        .contains(
            "sent 1 prompt", "left out 1: replayed so often already; --max-replays allows more");
    assertThat(sent()).hasSize(4);
  }

  @Test
  void takesNoMoreThanTheLimitAndGoesOn() {
    for (int i = 0; i < 7; i++) {
      // Two at a time: a run may not end between them.
      reject(0, i, i / 2, "BAD_MODEL", event);
    }
    List<String> words = new ArrayList<>(List.of("replay", "--reason", "BAD_MODEL", "--yes"));
    words.addAll(List.of("--limit", "3"));
    Pattern next = Pattern.compile("--since (\\S+)");
    List<Integer> totals = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      assertThat(run(words.toArray(String[]::new))).isZero();
      totals.add(sent().size());
      Matcher since = next.matcher(String.join("\n", lines()));
      assertThat(since.find()).isTrue();
      words.addAll(List.of("--since", since.group(1)));
      words.subList(6, words.size() - 2).clear();
    }
    assertThat(totals).containsExactly(2, 4, 7);
    assertThat(sent().stream().map(record -> new String(record.key(), UTF_8)))
        .containsExactly("key 0", "key 1", "key 2", "key 3", "key 4", "key 5", "key 6");
  }

  @Test
  void aValueThatWasTooLargeIsFetchedFromWhereItStands() throws Exception {
    byte[] large = new byte[LARGE];
    // So that no compression makes it small.
    new Random(7).nextBytes(large);
    ConsumerRecord<byte[], byte[]> standing;
    try (Producer<byte[], byte[]> producer =
        new KafkaClients(config).transactional("upstream", Map.of("max.request.size", 2 * LARGE))) {
      producer.initTransactions();
      producer.beginTransaction();
      var prompt = new ProducerRecord<byte[], byte[]>(prompts(), 1, key(0), large);
      Sends.all(producer, List.of(prompt));
      producer.commitTransaction();
      standing = sent().get(0);
    }
    rejectLarge(standing, 0, LARGE);
    // Another prompt stands there, and none.
    rejectLarge(standing, 0, LARGE - 1);
    rejectLarge(standing, 500, LARGE);

    assertThat(run("show", prefix + "prompts-1-0")).isZero();
    assertThat(lines())
        .contains(
            "  3,000,000 bytes, too large to be copied; it still stands in its topic at "
                + prefix
                + "prompts-1-0",
            "  2,999,999 bytes, too large to be copied; it is no longer in its topic");

    assertThat(run("replay", "--reason", "TOO_LARGE", "--yes")).as(text(err)).isZero();
    assertThat(lines())
        .contains(
            "sent 1 prompt",
            "left out 2: the value was too large to be copied, and is no longer in its topic");
    List<ConsumerRecord<byte[], byte[]>> sent = sent();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).value()).isEqualTo(large);
    assertThat(sent.get(1).key()).isEqualTo(standing.key());
    assertThat(headers(sent.get(1))).containsExactly("promptferry-replays=1");
  }

  @Test
  void whatIsNotAllOfThePromptIsNotSent() {
    reject(0, 17, 1, "BAD_MODEL", event);
    var cut = new RecordHeaders().add(HeaderNames.HEADER_BYTES, "950000".getBytes(UTF_8));
    reject(0, 18, 2, "BAD_MODEL", event, cut);

    assertThat(run("replay", "--reason", "BAD_MODEL", "--since", "1960-01-01", "--yes")).isZero();
    assertThat(lines())
        .contains(
            "sent 1 prompt",
            "left out 1: the key or the headers were too large to be copied; only the sender can"
                + " send it again");
    assertThat(sent().stream().map(record -> new String(record.key(), UTF_8)))
        .containsExactly("key 17");
  }

  @Test
  void whatCannotBeSentAtOnceIsNotSentAtAll() throws Exception {
    reject(0, 1, 1, "BAD_MODEL", event);
    reject(0, 2, 2, "BAD_MODEL", new byte[1000]);
    Path file =
        Files.writeString(
            folder.resolve("small.properties"),
            """
            kafka.bootstrap.servers=%s
            schema.registry.url=%s
            kafka.producer.max.request.size=500
            """
                .formatted(broker.bootstrapServers(), registry.url()));
    String[] words = {"replay", "--reason", "BAD_MODEL", "--yes", "--config", file.toString()};
    assertThat(run(words)).isEqualTo(1);
    assertThat(text(err))
        .startsWith("promptferry dlq replay: nothing was sent: ")
        .contains("500")
        .hasLineCount(1);
    assertThat(sent()).isEmpty();
  }

  @Test
  void aTopicThatIsGoneIsNotMadeAnew() {
    reject(0, 1, 1, "BAD_MODEL", event);
    try (var producer = new KafkaClients(config).idempotent()) {
      Headers headers = rejection(0, 7, "BAD_MODEL", new RecordHeaders());
      headers.remove(HeaderNames.ERROR_TOPIC);
      headers.add(HeaderNames.ERROR_TOPIC, (prefix + "gone").getBytes(UTF_8));
      send(producer, 2, key(7), event, headers);
    }
    assertThat(run("replay", "--reason", "BAD_MODEL", "--yes")).isZero();
    assertThat(lines())
        .contains(
            "sent 1 prompt", "left out 1: the topic that the prompt came from is no longer there");
  }

  @Test
  void aClusterWithoutTheTopicIsToldInOneLine() {
    prefix = "other-";
    assertThat(run("list")).isEqualTo(1);
    assertThat(text(err).lines())
        .singleElement()
        .asString()
        .startsWith(
            "promptferry dlq list: topics are missing: other-prompts.dlq; run 'promptferry topics"
                + " create'");
  }

  private String at(int seconds) {
    return start.plusSeconds(seconds).toString();
  }

  private String prompts() {
    return prefix + "prompts";
  }

  private void reject(
      int partition, long offset, int seconds, String reason, byte @Nullable [] value) {
    var own = new RecordHeaders().add("tenant", "acme".getBytes(UTF_8));
    reject(partition, offset, seconds, reason, value, own);
  }

  private void reject(
      int partition,
      long offset,
      int seconds,
      String reason,
      byte @Nullable [] value,
      Headers own) {
    try (var producer = new KafkaClients(config).idempotent()) {
      send(producer, seconds, key(offset), value, rejection(partition, offset, reason, own));
    }
  }

  private void rejectLarge(ConsumerRecord<byte[], byte[]> prompt, long offset, int bytes) {
    Headers headers = rejection(1, offset, "TOO_LARGE", new RecordHeaders());
    headers.remove(HeaderNames.TIMESTAMP);
    add(headers, HeaderNames.TIMESTAMP, prompt.timestamp());
    add(headers, HeaderNames.VALUE_BYTES, bytes);
    try (var producer = new KafkaClients(config).idempotent()) {
      send(producer, 1, prompt.key(), null, headers);
    }
  }

  private Headers rejection(int partition, long offset, String reason, Headers own) {
    var headers = new RecordHeaders(own);
    add(headers, HeaderNames.REASON, reason);
    add(headers, HeaderNames.TIMESTAMP, start.toEpochMilli());
    add(headers, HeaderNames.ERROR_MESSAGE, "what is wrong");
    add(headers, HeaderNames.ERROR_TOPIC, prompts());
    add(headers, HeaderNames.ERROR_PARTITION, partition);
    add(headers, HeaderNames.ERROR_OFFSET, offset);
    return headers;
  }

  private void send(
      Producer<byte[], byte[]> producer,
      int seconds,
      byte[] key,
      byte @Nullable [] value,
      Headers headers) {
    long time = start.plusSeconds(seconds).toEpochMilli();
    var letter = new ProducerRecord<>(prefix + "prompts.dlq", 0, time, key, value, headers);
    try {
      producer.send(letter).get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void add(Headers headers, String name, Object value) {
    headers.add(name, value.toString().getBytes(UTF_8));
  }

  private static byte[] key(long offset) {
    return ("key " + offset).getBytes(UTF_8);
  }

  /**
   * All that is committed on the prompts topic; up to the high watermark, since a transaction's end
   * reaches the partitions a moment after its writer is told.
   */
  private List<ConsumerRecord<byte[], byte[]>> sent() {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    var kafka = new KafkaClients(config);
    try (Consumer<byte[], byte[]> reader = kafka.reader(new ByteArrayDeserializer());
        Admin admin = kafka.admin()) {
      for (int i = 0; i < PARTITIONS; i++) {
        var partition = new TopicPartition(prompts(), i);
        TopicTail.read(
            reader, admin, partition, Duration.ofSeconds(30), Clock.systemUTC(), records::add);
      }
    }
    return records;
  }

  private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
    var texts = new ArrayList<String>();
    record.headers().forEach(h -> texts.add(h.key() + "=" + new String(h.value(), UTF_8)));
    return texts;
  }

  private int run(String... words) {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(List.of("dlq"));
    all.addAll(List.of(words));
    all.addAll(
        List.of(
            "--bootstrap",
            broker.bootstrapServers(),
            "--registry",
            registry.url(),
            "--prefix",
            prefix));
    var here =
        new Surroundings(
            Map.of(),
            Clock.systemUTC(),
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return Commands.of(here).execute(all.toArray(String[]::new));
  }

  private List<String> lines() {
    return text(out).lines().toList();
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8);
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
