package io.promptferry.benchmarks;

import io.promptferry.gemini.RemoteFile;
import io.promptferry.local.stack.LocalStack;
import io.promptferry.local.stack.StackSettings;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How much memory a batcher with 256 MB of heap takes while it slices, assembles, writes and
 * uploads a file of 2 GB: the shipped service in a process of its own, a real broker, real bytes,
 * HTTP to the simulator. Then the upload alone, of a file whose size is an exact multiple of 8 MiB.
 *
 * <p>Peaks are {@code VmHWM} of {@code /proc/<pid>/status}, so that it runs on Linux only.
 */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = "Peak resident size of a batcher that writes and uploads a file of 2 GB.")
public final class Memory implements Callable<Integer> {

  private static final long CHUNK = 8L * 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofMillis(500);

  @Option(
      names = "--bytes",
      defaultValue = "2000000000",
      description = "The largest file; ${DEFAULT-VALUE} by default. A batch is 95 to 100 %% of it.")
  private long bytes;

  @Option(
      names = "--prompt",
      defaultValue = "950000",
      description = "Characters of a prompt; ${DEFAULT-VALUE} by default.")
  private int prompt;

  @Option(
      names = "--repeated",
      description = "Prompts that compress to a hundredth, so that a small fetch is a large one.")
  private boolean repeated;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A configuration key of the batcher; may be repeated.")
  private Map<String, String> set = Map.of();

  /** The entry. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Memory()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("promptferry-memory");
    try (LocalStack stack = LocalStack.start(settings(folder), step -> System.out.println(step))) {
      batcher(stack);
      uploadAlone(stack);
    } finally {
      delete(folder);
    }
    return 0;
  }

  private StackSettings settings(Path folder) {
    var overrides = new HashMap<String, String>();
    overrides.put("batch.max.bytes", Long.toString(bytes));
    overrides.put("batch.max.requests", "2000000");
    overrides.put("batch.max.tokens", Long.toString(Long.MAX_VALUE / 4));
    overrides.put("batch.linger.ms", Long.toString(PATIENCE.toMillis()));
    overrides.putAll(set);
    // The job is not to be run: its answers would take the disk and nothing is learnt from them.
    return StackSettings.defaults(folder)
        .running("batcher")
        .withDelays(Duration.ofHours(5), Duration.ofHours(5))
        .with(Map.of("batcher", overrides));
  }

  private void batcher(LocalStack stack) throws IOException, InterruptedException {
    long pid = stack.service("batcher").pid();
    System.out.printf("idle: %s%n", ResidentSize.of(pid));
    var prompts =
        new LargePrompts(
            new KafkaClients(stack.clientConfig()),
            new RecordSerdes(stack.clientConfig().registry()),
            new Topics("").prompts());
    // A batch is closed by the slice that does not fit it: more than the file, by one slice and
    // one.
    long count = (bytes + bytes / 8) / prompt + 2;
    long begin = System.nanoTime();
    prompts.publish(count, prompt, repeated);
    System.out.printf(
        "%d prompts of %d characters published in %.0f s; batcher: %s%n",
        count, prompt, seconds(begin), ResidentSize.of(pid));
    RemoteFile file = await(stack);
    System.out.printf(
        "%s of %d bytes was there after %.0f s; batcher: %s%n",
        file.name(), file.sizeBytes(), seconds(begin), ResidentSize.of(pid));
  }

  private static RemoteFile await(LocalStack stack) throws IOException, InterruptedException {
    var files = new SimulatorFiles(stack.simulatorUrl());
    long begin = System.nanoTime();
    Optional<RemoteFile> file = files.first();
    while (file.isEmpty()) {
      if (seconds(begin) > PATIENCE.toSeconds() || !stack.service("batcher").isAlive()) {
        throw new IllegalStateException(
            "no file was uploaded: see " + stack.service("batcher").log());
      }
      LockSupport.parkNanos(LOOK.toNanos());
      file = files.first();
    }
    return file.get();
  }

  private void uploadAlone(LocalStack stack) throws IOException, InterruptedException {
    long size = Math.max(1, bytes / CHUNK) * CHUNK;
    Path file = stack.folder().resolve("multiple.jsonl");
    LargePrompts.write(file, size);
    long begin = System.nanoTime();
    String told = UploadAlone.run(stack.simulatorUrl(), file);
    System.out.printf(
        "upload alone of %d bytes (%d times 8 MiB) in %.0f s: %s%n",
        size, size / CHUNK, seconds(begin), told);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
