package io.promptferry.local.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.local.client.ClientConfig;
import io.promptferry.local.client.Setup;
import io.promptferry.records.PromptEvent;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.stack.Broker;
import io.promptferry.stack.ChildProcess;
import io.promptferry.stack.JavaCommand;
import io.promptferry.stack.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** produce, killed in the middle and started again: what then stands on the topic. */
@Timeout(300)
class ResumeIT {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int PARTITIONS = 3;
  private static final int ROWS = 10_000;
  private static final String PROMPT = "Summarise: {text}";

  /** The forms of input, each with rows that are told apart by their id. */
  enum Form {
    CSV {
      @Override
      Path write(Path folder, int rows) throws IOException {
        var csv = new StringBuilder("id,text\n");
        IntStream.rangeClosed(1, rows)
            .forEach(row -> csv.append(row).append(",\"row ").append(row).append(",\nof many\"\n"));
        return Files.writeString(folder.resolve("rows.csv"), csv);
      }
    },
    JSONL {
      @Override
      Path write(Path folder, int rows) throws IOException {
        var lines = new StringBuilder();
        IntStream.rangeClosed(1, rows)
            .forEach(row -> lines.append("{\"id\":%d,\"text\":\"row %d\"}\n".formatted(row, row)));
        return Files.writeString(folder.resolve("rows.jsonl"), lines);
      }
    },
    FOLDER {
      @Override
      Path write(Path folder, int rows) throws IOException {
        Path files = Files.createDirectories(folder.resolve("rows"));
        for (int row = 1; row <= rows; row++) {
          Files.writeString(files.resolve(row + ".txt"), "row " + row);
        }
        return files;
      }
    };

    abstract Path write(Path folder, int rows) throws IOException;
  }

  @TempDir static Path stack;

  private static Broker broker;
  private static Registry registry;
  private static int tests;

  @TempDir Path folder;

  private String prefix = "";
  private ServiceConfig config = ClientConfig.of("127.0.0.1:1", "http://127.0.0.1:1", Map.of());

  @BeforeAll
  static void startStack() {
    broker = Broker.start(Broker.Settings.in(stack.resolve("broker")));
    registry = Registry.start(stack.resolve("registry"), 0);
  }

  @AfterAll
  static void stopStack() {
    registry.close();
    broker.close();
  }

  @BeforeEach
  void makeTopics() {
    prefix = "t" + tests++ + ".";
    config =
        ClientConfig.of(broker.bootstrapServers(), registry.url(), Map.of("topics.prefix", prefix));
    Setup.run(config, PARTITIONS, 1);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void noRowIsLostOrDoubledByAKill(Form form) throws Exception {
    Path input = form.write(folder, ROWS);
    String[] words = words(form, input, 50);
    try (ChildProcess produce = start("killed", words)) {
      await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> written() >= ROWS / 5);
      produce.kill();
    }
    assertThat(ids()).as("killed in the middle").hasSizeLessThan(ROWS);

    String log = finish("resumed", 0, words);
    assertThat(log).contains("going on with run ");
    assertThat(ids())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, ROWS).mapToObj(Integer::toString).toList());

    assertThat(finish("once more", 0, words)).contains("was sent before", "prompts sent: 0");
    assertThat(ids()).hasSize(ROWS);
  }

  @Test
  void twoFirstStartsAtOnceMakeOneRun() throws Exception {
    Path input = Form.CSV.write(folder, 2_000);
    String[] words = words(Form.CSV, input, 50);
    try (ChildProcess one = start("one", words);
        ChildProcess other = start("other", words)) {
      assertThat(one.awaitExit(LONG)).isTrue();
      assertThat(other.awaitExit(LONG)).isTrue();
      for (ChildProcess each : List.of(one, other)) {
        if (each.exitValue().orElseThrow() != 0) {
          assertThat(Files.readString(each.log())).contains("another process sends the same input");
        }
      }
    }
    finish("after", 0, words);
    assertThat(ids()).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void badRowsGoToTheSideFileAndTheRestIsSentAlsoWhenKafkaFindsOneTooLarge() throws Exception {
    Path input = folder.resolve("rows.csv");
    Files.writeString(
        input,
        "id,text\n1,a\n2,\"b, c\",d\n3,%s\n4,d\n".formatted("x".repeat(1_100_000) + "")
            + IntStream.rangeClosed(5, 40).mapToObj(id -> id + ",t\n").reduce("", String::concat));
    finish("bad", 1, words(Form.CSV, input, 500));
    assertThat(ids()).hasSize(38).doesNotContain("2", "3").doesNotHaveDuplicates();
    assertThat(finish("bad once more", 1, words(Form.CSV, input, 500)))
        .contains("rows not sent: 2");
    List<String> bad = Files.readAllLines(folder.resolve("rows.csv.bad.jsonl"));
    assertThat(bad).hasSize(2);
    assertThat(bad)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("{\"row\":2,\"place\":\"line 3\"")
                    .endsWith(",\"text\":\"2,\\\"b, c\\\",d\"}"));
    assertThat(bad)
        .anySatisfy(line -> assertThat(line).contains("\"row\":3", "Kafka did not take"));
  }

  @Test
  void anInputThatWasChangedIsNotMixedWithWhatWasSent() throws Exception {
    Path input = Form.CSV.write(folder, 5);
    String[] words = words(Form.CSV, input, 500);
    finish("first", 0, words);
    Form.CSV.write(folder, 6);
    assertThat(finish("changed", 1, words)).contains("had other rows", "--again");
    assertThat(ids()).hasSize(5);
    List<String> again = new ArrayList<>(List.of(words));
    again.add("--again");
    finish("again", 0, again.toArray(String[]::new));
    assertThat(ids()).hasSize(11);
  }

  private static String[] words(Form form, Path input, int perTransaction) {
    String id = form == Form.FOLDER ? "{name}" : "{id}";
    return new String[] {
      "--input",
      input.toString(),
      "--prompt",
      PROMPT,
      "--id",
      id,
      "--key",
      id,
      "--rows-per-transaction",
      Integer.toString(perTransaction)
    };
  }

  private ChildProcess start(String name, String... words) {
    List<String> all = new ArrayList<>(List.of("produce"));
    all.addAll(List.of(words));
    all.addAll(List.of("--bootstrap", broker.bootstrapServers(), "--registry", registry.url()));
    all.addAll(List.of("--prefix", prefix));
    return ChildProcess.start(
        JavaCommand.of(name, "io.promptferry.local.Promptferry", stack)
            .args(all.toArray(String[]::new))
            .log(folder.resolve(name + ".log")));
  }

  /** What it said. */
  private String finish(String name, int exitCode, String... words) throws Exception {
    try (ChildProcess produce = start(name, words)) {
      assertThat(produce.awaitExit(LONG)).isTrue();
      String log = Files.readString(produce.log());
      assertThat(produce.exitValue()).as(log).hasValue(exitCode);
      return log;
    }
  }

  /** Records and markers. */
  private long written() {
    try (Admin admin = new KafkaClients(config).admin()) {
      return TopicTail.highWatermarks(admin, List.of(prefix + "prompts"), LONG).values().stream()
          .mapToLong(Long::longValue)
          .sum();
    }
  }

  /** Of every committed prompt. */
  private List<String> ids() {
    var kafka = new KafkaClients(config);
    var values = new RecordSerdes(config.registry()).deserializer(PromptEvent.class);
    var ids = new ArrayList<String>();
    try (Consumer<byte[], PromptEvent> reader = kafka.reader(values);
        Admin admin = kafka.admin()) {
      for (int i = 0; i < PARTITIONS; i++) {
        TopicTail.read(
            reader,
            admin,
            new TopicPartition(prefix + "prompts", i),
            LONG,
            Clock.systemUTC(),
            record -> {
              assertThat(new String(record.key(), UTF_8)).isEqualTo(record.value().getId());
              ids.add(record.value().getId());
            });
      }
    }
    return ids;
  }
}
