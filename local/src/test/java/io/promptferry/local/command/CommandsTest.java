package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Map<String, String> environment = Map.of();
  private Optional<Terminal> terminal = Optional.empty();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "up",
        "produce",
        "consume",
        "run",
        "topics",
        "topics create",
        "dlq",
        "dlq list",
        "dlq show",
        "dlq replay",
        "jobs",
        "jobs list",
        "jobs show",
        "jobs watch",
        "jobs cancel",
        "jobs reconcile",
        "receipts",
        "receipts list",
        "receipts show",
        "receipts total",
        "trace",
        "batcher",
        "poller",
        "collector",
        "simulator"
      })
  void everyCommandHasHelp(String command) {
    assertThat(run((command + " --help").split(" "))).isZero();
    assertThat(text(out)).contains("Usage: promptferry " + command);
    assertThat(text(err)).isEmpty();
  }

  @Test
  void aWrongOptionIsToldInOneLine() {
    assertThat(run("up", "--kafka-port", "x")).isEqualTo(2);
    assertThat(text(err).lines())
        .containsExactly(
            "promptferry up: Invalid value for option '--kafka-port': 'x' is not an int; see"
                + " promptferry up --help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dlq list --since yesterday        | 2 | dlq list: Invalid value for option '--since': 'yesterday' is not a time (
          dlq list --reason BAD_MODLE       | 2 | dlq list: Invalid value for option '--reason' (
          dlq list --limit 0                | 2 | dlq list: --limit must be 1 or more
          dlq show 17                       | 2 | dlq show: Invalid value for positional parameter at index 0 (COORDINATES): '17' is not <topic>-
          dlq replay --since 2h --yes       | 2 | dlq replay: say which to send with --reason R[,R] or --coordinates X
          dlq replay --reason NO_MODEL --limit 0 | 2 | dlq replay: --limit and --max-replays must be 1 or more
          """)
  void whatTheDlqCommandsCannotUnderstandIsToldInOneLine(String words, int code, String message) {
    assertThat(run(words.split(" "))).isEqualTo(code);
    assertThat(text(err).lines()).singleElement().asString().startsWith("promptferry " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jobs list --since yesterday     | 2 | jobs list: Invalid value for option '--since': 'yesterday' is not a time (
          jobs show                       | 2 | jobs show: Missing required parameter: 'BATCH
          jobs watch --interval 2         | 2 | jobs watch: Invalid value for option '--interval': '2' is not a duration (
          jobs watch --interval 10ms      | 2 | jobs watch: --interval must be 100ms or more
          jobs cancel batches/a --yes     | 2 | jobs cancel: gemini.api.key is not set: name a service's file with --config, or
          jobs reconcile                  | 2 | jobs reconcile: gemini.api.key is not set
          jobs reconcile --limit 0        | 2 | jobs reconcile: --limit must be 1 or more
          jobs reconcile --grace soon     | 2 | jobs reconcile: Invalid value for option '--grace': 'soon' is not a duration (
          receipts list --limit 0         | 2 | receipts list: --limit must be 1 or more
          receipts list --since yesterday | 2 | receipts list: Invalid value for option '--since': 'yesterday' is not a time (
          receipts show                   | 2 | receipts show: Missing required parameter: 'BATCH
          receipts total --by model,week  | 2 | receipts total: Invalid value for option '--by' (
          trace                           | 2 | trace: Missing required parameter: 'COORDINATES
          trace x --limit 0               | 2 | trace: --limit must be 1 or more
          """)
  void whatTheJobsCommandsCannotUnderstandIsToldInOneLine(String words, int code, String message) {
    assertThat(run(words.split(" "))).isEqualTo(code);
    assertThat(text(err).lines()).singleElement().asString().startsWith("promptferry " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          simulator --keys a --keys-file b  | 2 | simulator: Error: --api-key=KEY, --keys-file=FILE are mutually exclusive
          simulator --keys-file nowhere     | 1 | simulator: there is no file nowhere to read keys from
          simulator --concurrent-jobs -1    | 1 | simulator: quotas must not be negative
          simulator --stored-bytes 1e9      | 2 | simulator: Invalid value for option '--stored-bytes': '1e9' is not
          """)
  void whatTheSimulatorCannotUnderstandIsToldInOneLine(String words, int code, String message) {
    assertThat(run(words.split(" "))).isEqualTo(code);
    assertThat(text(err).lines()).singleElement().asString().startsWith("promptferry " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          demo --live         | 2 | demo: GEMINI_API_KEY is not set: --live takes the key of the project that pays
          up --live --yes     | 2 | up: GEMINI_API_KEY is not set: --live takes the key of the project that pays
          up --yes            | 2 | up: --yes goes with --live: without it nothing is asked; see
          demo --yes          | 2 | demo: --yes goes with --live: without it nothing is asked; see
          up --set gemini.base.url=https://g.org | 2 | up: gemini.base.url leads away from this machine: add --live
          demo --set topics.prefix=a. | 2 | demo: --set topics.prefix is not for the demo
          """)
  void nothingIsSentToGoogleByAccident(String words, int code, String message) {
    assertThat(run(words.split(" "))).isEqualTo(code);
    assertThat(text(err).lines()).singleElement().asString().startsWith("promptferry " + message);
    assertThat(text(out)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "demo"})
  void whoDeclinesStartsNothing(String command) {
    environment = Map.of("GEMINI_API_KEY", "AIza-not-to-be-seen");
    terminal = Optional.of(question -> Optional.of("n"));
    assertThat(run(command, "--live")).isEqualTo(1);
    assertThat(text(out).lines()).last().isEqualTo("Nothing was sent.");
    assertThat(text(out)).contains("gemini-2.5-flash", "$").doesNotContain("AIza", "starting");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void aKeyThatNoServiceKnowsIsToldInOneLine() {
    assertThat(run("up", "--set", "batch.lingr.ms=1")).isEqualTo(2);
    assertThat(text(err).lines())
        .singleElement()
        .asString()
        .startsWith("promptferry up: unknown configuration key 'batch.lingr.ms'; the nearest known")
        .contains("'batch.linger.ms'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batch.linger.ms=abc",
        "batch.schedule.cron=0 2 * *",
        "batch.schedule.zone=Mars",
        "lane.overrides=nonsense",
        "lane.by=tenant"
      })
  void aWrongValueIsToldBeforeAnythingStarts(String setting) {
    assertThat(run("up", "--set", setting)).isEqualTo(2);
    assertThat(text(err).lines()).singleElement().asString().contains(setting.split("=", 2)[0]);
    assertThat(text(out)).isEmpty();
  }

  @Test
  void aPortInUseIsToldInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run("up", "--kafka-port", port, "--data", folder.toString())).isEqualTo(1);
      assertThat(text(err).lines())
          .singleElement()
          .asString()
          .startsWith("promptferry up: port " + port + " on 127.0.0.1 is in use");
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(run("produce", "--file", "nowhere.jsonl")).isEqualTo(1);
    assertThat(text(err).lines())
        .containsExactly("promptferry produce: there is no file nowhere.jsonl");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          produce --input nowhere.csv --prompt x         | 1 | produce: there is no file nowhere.csv
          produce --input - --prompt {a                  | 2 | produce: Invalid value for option '--prompt': the { at character 1 names no column
          produce --input - --key {a} --dry-run          | 1 | produce: --key, --id, --system, --model, --schema and --attribute go with --prompt
          produce --input - --input-format csv --dry-run | 1 | produce: --prompt is missing
          run --input - --output x.csv                   | 1 | run: run needs a file or a folder
          run --input - --output x.csv --timeout 2       | 2 | run: Invalid value for option '--timeout'
          rnu --input x                                  | 2 | : there is no command rnu: did you mean run
          run --inptu x                                  | 2 | run: there is no option --inptu: did you mean --input
          run --input x --output y --promt z             | 2 | run: there is no option --promt: did you mean --prompt
          dlq lst                                        | 2 | dlq: there is no command lst: did you mean list
          consume --format xml                           | 2 | consume: Invalid value for option '--format'
          consume --key a --input b                      | 2 | consume: Error: --key=KEY, --input=FILE are mutually exclusive
          """)
  void whatTheEndsCannotUnderstandIsToldInOneLine(String words, int code, String message) {
    assertThat(run(words.split(" "))).isEqualTo(code);
    assertThat(text(err).lines())
        .singleElement()
        .asString()
        .startsWith("promptferry" + (message.startsWith(":") ? "" : " ") + message);
  }

  @Test
  void anOptionThatIsMisspeltIsToldBesideWhatIsMissing() {
    assertThat(run("run", "--inptu", "x")).isEqualTo(2);
    assertThat(text(err)).contains("Missing required options: '--input=FILE', '--output=FILE'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run     | the command without --again goes on with it
          produce | PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS
          run     | every one and in its order
          run     | "answer":null
          run     | of produce also -, for standard input
          produce | of produce also -, for standard input
          produce | all columns that --prompt names are empty
          produce | A row for which it is empty has no key
          """)
  void theHelpOfTheEndsSays(String command, String what) {
    assertThat(run(command, "--help")).isZero();
    assertThat(text(out).replaceAll("\\s+", " ")).contains(what);
  }

  @ParameterizedTest
  @CsvSource({"a.csv, 'id,answer_text\n1,x\n'", "a.jsonl, '{\"answer_text\":\"x\"}'"})
  void aColumnNamedAsOneOfTheAnswersIsRefusedBeforeAnythingIsSent(String name, String content)
      throws Exception {
    Path input = Files.writeString(folder.resolve(name), content.translateEscapes());
    String refused =
        "promptferry run: the input has a column answer_text already: rename it, or write --format"
            + " jsonl";
    String output = folder.resolve("out.csv").toString();
    String[] words = {
      "run", "--input", input.toString(), "--output", output, "--prompt", "{answer_text}"
    };
    assertThat(run(words)).isEqualTo(1);
    assertThat(text(err).lines()).containsExactly(refused);
    err.reset();
    String[] dry = Arrays.copyOf(words, words.length + 1);
    dry[words.length] = "--dry-run";
    assertThat(run(dry)).isEqualTo(1);
    assertThat(text(err).lines()).containsExactly(refused);
    dry[4] = folder.resolve("out.jsonl").toString();
    assertThat(run(dry)).as(text(err)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"produce", "run"})
  void aDryRunOfNoRowsFails(String command) throws Exception {
    Path input = Files.writeString(folder.resolve("a.csv"), "id,text\n");
    var words = new ArrayList<>(List.of(command, "--dry-run", "--input", input.toString()));
    words.addAll(List.of("--prompt", "{text}"));
    if (command.equals("run")) {
      words.addAll(List.of("--output", folder.resolve("out.csv").toString()));
    }
    assertThat(run(words.toArray(String[]::new))).isEqualTo(1);
    assertThat(text(err).lines())
        .containsExactly("promptferry " + command + ": " + input + " has no rows");
  }

  @Test
  void aDryRunShowsPromptsTokensAndPriceAndReachesNobody() throws Exception {
    Path file = folder.resolve("reviews.csv");
    Files.writeString(
        file, "product,review\nkettle,\"Hot, fast\"\nlamp,Dim\nboots,\"Warm, dry\",5\n");
    String[] words = {"--input", file.toString(), "--prompt", "In a line: {review}"};
    for (String command : new String[] {"produce", "run"}) {
      out.reset();
      err.reset();
      var all = new ArrayList<>(List.of(command, "--dry-run", "--key", "{product}"));
      all.addAll(List.of(words));
      if (command.equals("run")) {
        all.addAll(List.of("--output", folder.resolve("answers.csv").toString()));
      }
      assertThat(run(all.toArray(String[]::new))).isEqualTo(1);
      assertThat(text(out))
          .startsWith("line 2: key kettle, id none%n  In a line: Hot, fast%n".formatted())
          .contains("2 prompts, 1 rows that make none; nothing was sent")
          .containsPattern("input +[0-9]+ tokens")
          .containsPattern("cost +about \\$");
      assertThat(text(err).lines())
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .startsWith("line 4: has 3 fields where the first line names 2 columns"),
              line -> assertThat(line).isEqualTo("  boots,\"Warm, dry\",5"));
    }
    assertThat(folder).isDirectoryNotContaining("glob:**promptferry.json");
  }

  @Test
  void aDryRunSaysWhatAnEarlierRunOfTheFileMeans() throws Exception {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"prompt\":\"a\"}\n");
    Path state = folder.resolve("a.jsonl.promptferry.json");
    // Digests of the line and of the word by which it is known that lines hold the fields.
    String rows = sha256(Files.readString(file));

    Files.writeString(state, state(rows, sha256("fields"), false));
    assertThat(dry(file)).isZero();
    assertThat(text(out)).contains("run abc, begun at 2026-01-31T12:00:00Z, would go on");

    Files.writeString(state, state(rows, sha256("fields"), true));
    assertThat(dry(file)).isZero();
    assertThat(text(out))
        .contains(
            "a.jsonl was sent before, at 2026-01-31T12:00:00Z: 7 rows: nothing would be sent; --again"
                + " sends them a second time");

    assertThat(dry(file, "--prompt", "Other: {prompt}")).isEqualTo(1);
    assertThat(text(out)).contains("would be refused: run abc of ", " had another prompt");

    Files.writeString(file, "{\"prompt\":\"b\"}\n");
    assertThat(dry(file)).isEqualTo(1);
    assertThat(text(out)).contains("had other rows: the input was changed since. --again forgets");

    assertThat(dry(file, "--again")).isZero();
    assertThat(text(out)).doesNotContain("refused", "before");
  }

  private int dry(Path file, String... more) {
    out.reset();
    List<String> words = new ArrayList<>(List.of("produce", "--dry-run"));
    words.addAll(List.of("--input", file.toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  private static String state(String rows, String prompts, boolean complete) {
    return """
        {"run":"abc","cluster":"c","topic":"prompts","starts":{"0":0},
         "startedAt":"2026-01-31T12:00:00Z","input":"%s","prompts":"%s",
         "sent":7,"bad":0,"complete":%s}
        """
        .formatted(rows, prompts, complete);
  }

  private static String sha256(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private int run(String... words) {
    var here =
        new Surroundings(
            environment,
            Clock.systemUTC(),
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal);
    return Commands.of(here).execute(words);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
