package io.promptferry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How much memory a collector takes for a large result file: a JVM with 256 MB of heap downloads it
 * over HTTP, indexes it and reads it in the order of the prompts. First a file of 2 GB, then one of
 * a million lines.
 *
 * <p>Peaks are {@code VmHWM} of {@code /proc/<pid>/status}, so that it runs on Linux only.
 */
@Command(
    name = "results",
    mixinStandardHelpOptions = true,
    description = "Peak resident size of a collector that downloads and reads large results.")
public final class ResultsMemory implements Callable<Integer> {

  @Option(
      names = "--bytes",
      defaultValue = "2000000000",
      description = "The large file; ${DEFAULT-VALUE} by default.")
  private long bytes;

  @Option(
      names = "--large-line",
      defaultValue = "1000000",
      description = "Bytes of a line in it; ${DEFAULT-VALUE} by default.")
  private int largeLine;

  @Option(
      names = "--lines",
      defaultValue = "1000000",
      description = "Lines of the other file; ${DEFAULT-VALUE} by default.")
  private long lines;

  @Option(
      names = "--small-line",
      defaultValue = "1000",
      description = "Bytes of a line in that; ${DEFAULT-VALUE} by default.")
  private int smallLine;

  /** The entry. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ResultsMemory()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("promptferry-results");
    try {
      measure(folder, Math.max(1, bytes / largeLine), largeLine);
      measure(folder, lines, smallLine);
    } finally {
      Files.delete(folder);
    }
    return 0;
  }

  private static void measure(Path folder, long lines, int length)
      throws IOException, InterruptedException {
    Path file = folder.resolve("results.jsonl");
    try (var results = GeneratedResults.serve(lines, length)) {
      System.out.printf("%d bytes in %d lines:%n", results.bytes(), lines);
      System.out.println(
          SmallJvm.run(
              CollectAlone.class,
              results.address().toString(),
              file.toString(),
              Long.toString(lines)));
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
