package io.promptferry.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What slice and assemble write to Kafka for each byte of prompts, and how often submit reads a
 * prompt: a broker, a registry, a simulator and one batcher as child processes, all else off.
 */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Bytes written to Kafka by slice and assemble for each prompt byte.")
public final class WriteAmplification implements Callable<Integer> {

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there, too.")
  private @Nullable Path json;

  @Option(
      names = "--prompts",
      defaultValue = "100000",
      description = "Prompts of each load at full speed; ${DEFAULT-VALUE} by default.")
  private int prompts;

  @Option(
      names = "--only",
      defaultValue = "",
      description = "Only loads whose title contains this, for example 'one lane, full'.")
  private String only = "";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A configuration key of the batcher; may be repeated.")
  private @Nullable Map<String, String> set;

  @Option(names = "--seed", defaultValue = "1", description = "Of keys, lanes and texts.")
  private long seed;

  /** The entry. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new WriteAmplification()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("promptferry-benchmark");
    List<Measured> results;
    try (LocalStack stack = LocalStack.start(settings(folder), step -> System.out.println(step));
        var bench = new Bench(stack, new Random(seed))) {
      results = measure(bench);
    } finally {
      delete(folder);
    }
    System.out.print(ResultTable.of(results));
    if (json != null) {
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), results);
    }
    return 0;
  }

  private List<Measured> measure(Bench bench) throws IOException, InterruptedException {
    // Or the first load would pay for what is made once.
    bench.measure(new Load(100, 0, Load.Shape.ONE_LANE));
    System.out.println("idle, bytes a second: " + bench.idle());
    var results = new ArrayList<Measured>();
    for (Load load : Load.all(prompts)) {
      if (load.title().contains(only)) {
        Measured result = bench.measure(load);
        System.out.print(ResultTable.details(result));
        results.add(result);
      }
    }
    return results;
  }

  /**
   * The batcher's defaults but for the linger, which would keep the last batch for five minutes.
   */
  private StackSettings settings(Path folder) {
    var overrides = new HashMap<String, String>();
    overrides.put("batch.linger.ms", "10000");
    overrides.put("batch.max.requests", "20000");
    if (set != null) {
      overrides.putAll(set);
    }
    return StackSettings.defaults(folder).running("batcher").with(Map.of("batcher", overrides));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
