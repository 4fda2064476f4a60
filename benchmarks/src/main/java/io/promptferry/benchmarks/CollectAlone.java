package io.promptferry.benchmarks;

import io.promptferry.collector.result.ResultFile;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.records.Span;
import io.promptferry.spans.LineKeys.Place;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.types.Password;

/** Downloads results, indexes them and reads them in order; a process of its own. */
public final class CollectAlone {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final int CHUNK = 8 * 1024 * 1024;
  private static final int MAX_LINE = 16 * 1024 * 1024;

  private CollectAlone() {}

  /** The entry: from where, to which file, and how many prompts. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    int prompts = Integer.parseInt(args[2]);
    var settings =
        new GeminiSettings(
            new Password(SimulatorFiles.KEY), args[0], TIMEOUT, TIMEOUT, TIMEOUT, CHUNK, 3, 100);
    long begin = System.nanoTime();
    try (var provider = new GeminiProvider(settings)) {
      provider.download("files/results", file);
    }
    tell("downloaded", begin);
    begin = System.nanoTime();
    try (ResultFile results = ResultFile.open(file, List.of(span(prompts)), MAX_LINE)) {
      tell("indexed, " + results.counts().lines(), begin);
      begin = System.nanoTime();
      long bytes = 0;
      for (int offset = 0; offset < prompts; offset++) {
        bytes += results.line(new Place(0, 0, offset)).orElseThrow().length + 1;
      }
      tell("read in order, " + bytes + " bytes", begin);
    }
  }

  private static void tell(String what, long begin) throws IOException {
    System.out.printf(
        "%s in %.1f s; %s%n",
        what, (System.nanoTime() - begin) / 1e9, ResidentSize.of(ProcessHandle.current().pid()));
  }

  private static Span span(int prompts) {
    return Span.newBuilder()
        .setTopic("prompts")
        .setPartition(0)
        .setRuns(Runs.encode(List.of(new Run(0, prompts - 1))))
        .setCount(prompts)
        .build();
  }
}
