package io.promptferry.batcher.submit;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.DiskSpace;
import io.promptferry.gemini.FilePage;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.gemini.memory.InMemoryProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The way to a provider: a script says what goes wrong on it, and each call takes its time. */
final class ScriptedProvider implements BatchProvider {

  private final Script script;
  private final ManualClock clock;
  private final Duration callTakes;

  /** The other end, where nothing goes wrong. */
  final InMemoryProvider remote;

  /** Files by name, with what was uploaded. */
  final Map<String, byte[]> files;

  /** Every job that was ever created, oldest first. */
  final List<RemoteJob> jobs;

  /** The file of every attempt to create, whatever became of it. */
  final List<String> attempts = new ArrayList<>();

  /** How long after its creation a job is not yet listed. */
  Duration listLag = Duration.ZERO;

  /** Asked before each attempt to create, with the file. */
  Consumer<String> beforeCreate = file -> {};

  ScriptedProvider(Script script, ManualClock clock, Duration callTakes) {
    this.script = script;
    this.clock = clock;
    this.callTakes = callTakes;
    this.remote = new InMemoryProvider(clock);
    this.files = remote.storedFiles();
    this.jobs = remote.storedJobs();
  }

  List<RemoteJob> live() {
    return jobs.stream().filter(job -> !job.terminal()).toList();
  }

  /** Puts a job there that nobody remembers. */
  RemoteJob add(String name, String displayName, String state, @Nullable Instant created) {
    var job = new RemoteJob(name, displayName, "m", state, null, null, null, null, created, null);
    remote.show(job);
    return job;
  }

  @Override
  public RemoteFile upload(Path file, String name) {
    clock.advance(callTakes);
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return script.play(Call.UPLOAD, () -> remote.upload(content, name), new RemoteFile("", 0));
  }

  @Override
  public RemoteJob create(String model, String fileName, String displayName) {
    clock.advance(callTakes);
    beforeCreate.accept(fileName);
    attempts.add(fileName);
    return script.play(
        Call.CREATE,
        () -> remote.create(model, fileName, displayName),
        new RemoteJob("", "", "", "", null, null, null, null, null, null));
  }

  @Override
  public List<RemoteJob> find(String displayName) {
    clock.advance(callTakes);
    return script.play(
        Call.FIND,
        () -> remote.find(displayName).stream().filter(job -> listed(job.created())).toList(),
        List.of());
  }

  @Override
  public void cancel(String jobName) {
    clock.advance(callTakes);
    script.play(
        Call.CANCEL,
        () -> {
          remote.cancel(jobName);
          return true;
        },
        false);
  }

  @Override
  public boolean discard(String fileName) {
    clock.advance(callTakes);
    return script.play(Call.DISCARD, () -> remote.discard(fileName), false);
  }

  @Override
  public FilePage files(String pageToken) {
    throw new AssertionError("a submission lists no files");
  }

  @Override
  public JobPage list(String pageToken) {
    throw new AssertionError("a submission lists no jobs");
  }

  @Override
  public Optional<RemoteJob> get(String jobName) {
    throw new AssertionError("a submission asks for no job by its name");
  }

  @Override
  public void download(String fileName, Path target, DiskSpace space) {
    throw new AssertionError("a submission downloads nothing");
  }

  @Override
  public String keyId() {
    return InMemoryProvider.KEY_ID;
  }

  @Override
  public void close() {
    throw new AssertionError("a submission closes no provider");
  }

  private boolean listed(@Nullable Instant created) {
    return listLag.isZero() || created == null || !created.plus(listLag).isAfter(clock.instant());
  }
}
