package io.promptferry.collector.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.collector.result.ResultFile.Counts;
import io.promptferry.records.Span;
import io.promptferry.spans.LineKeys;
import io.promptferry.spans.LineKeys.Place;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultFileTest {

  private static final int MAX_LINE = 100;
  private static final List<Span> ONE_TOPIC = List.of(span("prompts", 0), span("prompts", 1));

  @TempDir private Path folder;

  @Test
  void findsLinesByKeyWhateverTheirOrder() throws IOException {
    try (ResultFile file =
        open("{'key':'1-7','a':1}\n{'key':'0-5','a':2}\n{'a':3,'key':'0-4'}\n")) {
      assertThat(line(file, 0, 4)).contains("{'a':3,'key':'0-4'}");
      assertThat(line(file, 0, 5)).contains("{'key':'0-5','a':2}");
      assertThat(line(file, 1, 7)).contains("{'key':'1-7','a':1}");
      assertThat(line(file, 1, 5)).isEmpty();
      assertThat(line(file, 0, 7)).isEmpty();
      assertThat(line(file, 2, 7)).isEmpty();
      assertThat(file.counts()).isEqualTo(counts(3, LineKind.GOOD, 3));
    }
  }

  @Test
  void ofDoubledLinesTheFirstCounts() throws IOException {
    try (ResultFile file =
        open("{'key':'0-5','a':1}\n{'key':'0-6'}\n{'key':'0-5','a':2}\n{'key':'0-5','a':3}\n")) {
      assertThat(line(file, 0, 5)).contains("{'key':'0-5','a':1}");
      assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 2, LineKind.DOUBLED, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'key':'r1'}",
        "{'key':'0-0-5'}",
        "{'key':'-0-5'}",
        "{'key':' 0-5'}",
        "{'key':5}",
        "{'key':null}",
        "{'key':['0-5']}",
        "{'a':{'key':'0-5'}}",
        "{'a':[{'key':'0-5'}]}",
        "{}",
        "'0-5'",
        "['key','0-5']",
        "{'key':'0-9'}",
        "{'key':'2-5'}",
        "null",
        "5 {'key':'0-5'}",
      })
  void aLineOfNobodyIsCountedAndHarmsNoOther(String stray) throws IOException {
    try (ResultFile file = open("{'key':'0-4'}\n" + stray + "\n{'key':'0-6'}\n")) {
      assertThat(line(file, 0, 5)).isEmpty();
      assertThat(line(file, 0, 4)).contains("{'key':'0-4'}");
      assertThat(line(file, 0, 6)).contains("{'key':'0-6'}");
      assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 2, LineKind.UNKNOWN, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'a':'cut off",
        "garbled",
        "{]",
        "{'key",
        "{'key':'0-",
        "{'a':1x,'key':'0-5'}",
        "\u0000\u0000",
      })
  void aGarbledLineWithoutAKeyIsCountedAndHarmsNoOther(String garbled) throws IOException {
    try (ResultFile file = open("{'key':'0-4'}\n" + garbled + "\n{'key':'0-6'}\n")) {
      assertThat(line(file, 0, 5)).isEmpty();
      assertThat(line(file, 0, 4)).contains("{'key':'0-4'}");
      assertThat(line(file, 0, 6)).contains("{'key':'0-6'}");
      assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 2, LineKind.GARBLED, 1));
    }
  }

  @Test
  void aLineThatIsGarbledBehindItsKeyStandsForItsPrompt() throws IOException {
    try (ResultFile file = open("{'key':'0-5','a'\n{'key':'0-5','a':1}\n")) {
      assertThat(line(file, 0, 5)).contains("{'key':'0-5','a'");
      assertThat(file.counts()).isEqualTo(counts(1, LineKind.GOOD, 1, LineKind.DOUBLED, 1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'key':'0-5','a | true",
        "{'key':'0-5' | true",
        "{'key':'0- | false",
        "{'a':1 | false",
        "{ | false",
      })
  void aFileThatEndsInsideALineIsSeenToBeCut(String last, boolean stands) throws IOException {
    try (ResultFile file = open("{'key':'0-4'}\n" + last)) {
      assertThat(line(file, 0, 5)).isEqualTo(stands ? Optional.of(last) : Optional.empty());
      assertThat(file.counts())
          .isEqualTo(counts(stands ? 2 : 1, LineKind.GOOD, 1, LineKind.TRUNCATED, 1));
    }
  }

  @Test
  void blankLinesAreNothing() throws IOException {
    try (ResultFile file = open("\n\n \t\n{'key':'0-5'}\r\n\r\n\n{'key':'0-6'}\n\n")) {
      assertThat(line(file, 0, 5)).contains("{'key':'0-5'}\r");
      assertThat(line(file, 0, 6)).contains("{'key':'0-6'}");
      assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 2));
    }
  }

  @Test
  void theLastLineNeedsNoNewline() throws IOException {
    try (ResultFile file = open("{'key':'0-5'}\n{'key':'0-6'}")) {
      assertThat(line(file, 0, 6)).contains("{'key':'0-6'}");
    }
  }

  @Test
  void anEmptyFileHasNoLines() throws IOException {
    try (ResultFile file = open("")) {
      assertThat(line(file, 0, 0)).isEmpty();
      assertThat(file.counts()).isEqualTo(counts(0));
    }
  }

  @Test
  void aLineOfTheLimitIsWholeAndALongerOneShowsThatItIs() throws IOException {
    String exact = padded("{'key':'0-5','a':'", MAX_LINE);
    String longer = padded("{'key':'0-6','a':'", MAX_LINE + 1);
    String longest = padded("{'key':'0-7','a':'", 50_000);
    try (ResultFile file = open(exact + "\n" + longer + "\n" + longest + "\n{'key':'0-8'}\n")) {
      assertThat(line(file, 0, 5)).contains(exact);
      assertThat(file.line(new Place(0, 0, 6)).orElseThrow()).hasSizeGreaterThan(MAX_LINE);
      assertThat(file.line(new Place(0, 0, 7)).orElseThrow())
          .hasSizeBetween(MAX_LINE + 1, MAX_LINE + 8192);
      assertThat(line(file, 0, 8)).contains("{'key':'0-8'}");
      assertThat(file.counts()).isEqualTo(counts(4, LineKind.GOOD, 2, LineKind.TOO_LONG, 2));
    }
  }

  @Test
  void aLineThatIsCutWhereTheBufferEndsShowsThatItIs() throws IOException {
    int limit = 8192;
    String longer = padded("{'key':'0-5','a':'", 3 * limit);
    Path path = Files.writeString(folder.resolve("results"), longer.replace('\'', '"') + "\n");
    try (ResultFile file = ResultFile.open(path, ONE_TOPIC, limit)) {
      assertThat(file.line(new Place(0, 0, 5)).orElseThrow()).hasSizeGreaterThan(limit);
    }
  }

  @Test
  void aKeyBehindTheLimitIsSeenAndItsLineTooLong() throws IOException {
    String late = "{'a':'" + "x".repeat(MAX_LINE) + "','key':'0-5'}";
    try (ResultFile file = open(late + "\n{'key':'0-6'}\n")) {
      assertThat(file.line(new Place(0, 0, 5)).orElseThrow()).hasSizeGreaterThan(MAX_LINE);
      assertThat(line(file, 0, 6)).contains("{'key':'0-6'}");
      assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 1, LineKind.TOO_LONG, 1));
    }
  }

  /** More than any string that Jackson holds, and of which nothing is held here. */
  @Test
  void aKeyBehindALongValueIsRead() throws IOException {
    String line = "{'a':'" + "x".repeat(21_000_000) + "','key':'0-5'}";
    Path path = Files.writeString(folder.resolve("r"), line.replace('\'', '"') + "\n");
    try (ResultFile file = ResultFile.open(path, ONE_TOPIC, 30_000_000)) {
      assertThat(file.line(new Place(0, 0, 5)).orElseThrow()).hasSize(line.length());
      assertThat(file.counts()).isEqualTo(counts(1, LineKind.GOOD, 1));
    }
  }

  /** More than any array holds; it takes no disk, being a hole. */
  @ParameterizedTest
  @ValueSource(strings = {"{'key':'0-5','a':'", ""})
  void aHugeLineTakesNoMemory(String start) throws IOException {
    long size = start.isEmpty() ? 1 << 24 : (1L << 31) + 1;
    Path path = Files.writeString(folder.resolve("r"), start.replace('\'', '"'));
    try (var hole = new RandomAccessFile(path.toFile(), "rw")) {
      hole.seek(size);
      hole.write("\n{\"key\":\"0-6\"}\n".getBytes(UTF_8));
    }
    try (ResultFile file = ResultFile.open(path, ONE_TOPIC, MAX_LINE)) {
      assertThat(line(file, 0, 6)).contains("{'key':'0-6'}");
      if (start.startsWith("{'key':'0-5'")) {
        assertThat(file.line(new Place(0, 0, 5)).orElseThrow())
            .hasSizeBetween(MAX_LINE + 1, MAX_LINE + 8192);
        assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 1, LineKind.TOO_LONG, 1));
      } else {
        assertThat(line(file, 0, 5)).isEmpty();
        assertThat(file.counts()).isEqualTo(counts(1, LineKind.GOOD, 1, LineKind.GARBLED, 1));
      }
    }
  }

  @Test
  void ofSeveralTopicsEachHasItsOwnLines() throws IOException {
    List<Span> spans = List.of(span("prompts", 0), span("other", 0));
    var keys = new LineKeys(spans);
    try (ResultFile file = open("{'key':'1-0-5'}\n{'key':'0-0-5'}\n{'key':'0-5'}\n", spans)) {
      assertThat(text(file.line(keys.place(0, 5)))).contains("{'key':'0-0-5'}");
      assertThat(text(file.line(keys.place(1, 5)))).contains("{'key':'1-0-5'}");
      assertThat(file.counts()).isEqualTo(counts(2, LineKind.GOOD, 2, LineKind.UNKNOWN, 1));
    }
  }

  /** The name of a failed run shows its seed. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void agreesWithAMap(long seed) throws IOException {
    var random = new Random(seed);
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      spans.add(span("topic" + random.nextInt(1 + (int) (seed % 3)), i));
    }
    var keys = new LineKeys(spans);
    var places = new ArrayList<Integer>();
    for (int i = 0; i < 300; i++) {
      places.add(random.nextInt(200));
    }
    Collections.shuffle(places, random);

    var expected = new HashMap<Place, byte[]>();
    var bytes = new ByteArrayOutputStream();
    long doubled = 0;
    long unknown = 0;
    long garbled = 0;
    for (int number : places) {
      int span = number % spans.size();
      // Far apart, so that keys of all lengths occur.
      long offset = (long) Math.pow(number, 3);
      byte[] line =
          switch (random.nextInt(8)) {
            case 0 -> " ".repeat(random.nextInt(3)).getBytes(UTF_8);
            case 1 -> line(random, "elsewhere", 1);
            case 2 -> ("{'key':'" + keys.key(span, offset) + "").getBytes(UTF_8);
            case 3 -> line(random, keys.key(span, offset), MAX_LINE + random.nextInt(9_000));
            default -> line(random, keys.key(span, offset), random.nextInt(MAX_LINE / 2));
          };
      String text = new String(line, UTF_8);
      if (text.contains("elsewhere")) {
        unknown++;
      } else if (text.startsWith("{\"")) {
        doubled += expected.putIfAbsent(keys.place(span, offset), line) == null ? 0 : 1;
      } else if (!text.isBlank()) {
        garbled++;
      }
      bytes.writeBytes(line);
      bytes.write('\n');
    }
    bytes.writeBytes("{\"key\":\"last\"}\n".getBytes(UTF_8));
    byte[] all = bytes.toByteArray();
    int end = all.length - (random.nextBoolean() ? 1 : 0);

    Path path = Files.write(folder.resolve("r"), Arrays.copyOf(all, end));
    try (ResultFile file = ResultFile.open(path, spans, MAX_LINE)) {
      long tooLong = expected.values().stream().filter(line -> line.length > MAX_LINE).count();
      Counts counts = file.counts();
      assertThat(counts.prompts()).isEqualTo(expected.size());
      assertThat(counts.of(LineKind.GOOD)).isEqualTo(expected.size() - tooLong);
      assertThat(counts.of(LineKind.TOO_LONG)).isEqualTo(tooLong);
      assertThat(counts.of(LineKind.DOUBLED)).isEqualTo(doubled);
      assertThat(counts.of(LineKind.UNKNOWN)).isEqualTo(unknown + 1);
      assertThat(counts.of(LineKind.GARBLED)).isEqualTo(garbled);
      assertThat(counts.of(LineKind.TRUNCATED)).isZero();
      for (int span = 0; span < spans.size(); span++) {
        for (int number = 0; number < 200; number++) {
          Place place = keys.place(span, (long) Math.pow(number, 3));
          compare(file.line(place), expected, place);
        }
      }
    }
  }

  private static void compare(Optional<byte[]> found, Map<Place, byte[]> expected, Place place) {
    byte[] wanted = expected.get(place);
    if (wanted == null) {
      assertThat(found).as("%s", place).isEmpty();
    } else if (wanted.length > MAX_LINE) {
      assertThat(found.orElseThrow()).as("%s", place).hasSizeGreaterThan(MAX_LINE);
    } else {
      assertThat(found.orElseThrow()).as("%s", place).isEqualTo(wanted);
    }
  }

  /** A line whose key comes first, with some filling. */
  private static byte[] line(Random random, String key, int filling) {
    var line = new StringBuilder("{\"key\":\"" + key + "\",\"response\":{\"s\":\"");
    while (line.length() < filling) {
      line.append(random.nextInt(4) == 0 ? "\u00fc\ud83d\udea2" : "x");
    }
    return line.append("\"}}").toString().getBytes(UTF_8);
  }

  private static String padded(String start, int length) {
    return start + "x".repeat(length - start.length() - 2) + "'}";
  }

  private ResultFile open(String content) throws IOException {
    return open(content, ONE_TOPIC);
  }

  private ResultFile open(String content, List<Span> spans) throws IOException {
    Path path = Files.writeString(folder.resolve("results"), content.replace('\'', '"'));
    return ResultFile.open(path, spans, MAX_LINE);
  }

  private static Optional<String> line(ResultFile file, int partition, long offset)
      throws IOException {
    return text(file.line(new Place(0, partition, offset)));
  }

  private static Optional<String> text(Optional<byte[]> line) {
    return line.map(bytes -> new String(bytes, UTF_8).replace('"', '\''));
  }

  /** Further kinds and their numbers may follow. */
  private static Counts counts(long prompts, Object... kinds) {
    var lines = new EnumMap<LineKind, Long>(LineKind.class);
    for (int i = 0; i < kinds.length; i += 2) {
      lines.put((LineKind) kinds[i], ((Integer) kinds[i + 1]).longValue());
    }
    return new Counts(lines, prompts);
  }

  /** Of two runs with a gap of one prompt between them. */
  private static Span span(String topic, int partition) {
    return Span.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setRuns(Runs.encode(List.of(new Run(0, 8), new Run(10, 10_000_000))))
        .setCount(300)
        .build();
  }
}
