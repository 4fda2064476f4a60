package io.promptferry.local.demo.traffic;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** The passages that the build puts on the class path, and the prompts made from them. */
public final class Passages {

  static final String RESOURCE = "/sotu/passages.jsonl.gz";

  private static final ObjectReader LINES = new ObjectMapper().readerFor(Passage.class);

  private final List<Passage> passages;

  public Passages(List<Passage> passages) {
    if (passages.isEmpty()) {
      throw new IllegalArgumentException("there are no passages to make prompts from");
    }
    this.passages = List.copyOf(passages);
  }

  /**
   * The 5,000 passages of examples/sotu.
   *
   * @throws UncheckedIOException when the build left them out, or they are damaged
   */
  public static Passages bundled() {
    try (InputStream in = Passages.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new FileNotFoundException(RESOURCE + " is not on the class path: build local again");
      }
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Reads compressed lines of JSON, one passage each.
   *
   * @throws IOException when they cannot be read; the message names the line where one is to blame
   */
  static Passages read(InputStream compressed) throws IOException {
    try (MappingIterator<Passage> lines = LINES.readValues(new GZIPInputStream(compressed))) {
      return new Passages(lines.readAll());
    }
  }

  public List<Passage> all() {
    return passages;
  }

  /**
   * So many prompts, no two of one id or one text. Past the last passage they begin again with the
   * first one, in the next lap.
   */
  public List<DemoPrompt> prompts(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new DemoPrompt(
                    passages.get(i % passages.size()),
                    i / passages.size() + 1,
                    i % DemoPrompt.ONE_IN_JSON == DemoPrompt.ONE_IN_JSON - 1))
        .toList();
  }
}
