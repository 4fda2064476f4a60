package io.promptferry.batcher.submit;

import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.submit.Script.Call;
import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.JobPage;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch provider in memory; a script says what goes wrong, and each call takes its time. */
final class FakeProvider implements BatchProvider {

  private final Script script;
  private final ManualClock clock;
  private final Duration callTakes;

  /** Files by name, with what was uploaded. */
  final Map<String, String> files = new HashMap<>();

  /** Every job that was ever created, oldest first. */
  final List<RemoteJob> jobs = new ArrayList<>();

  /** The file of every attempt to create, whatever became of it. */
  final List<String> attempts = new ArrayList<>();

  /** How long after its creation a job is not yet listed. */
  Duration listLag = Duration.ZERO;

  /** Asked before each attempt to create, with the file. */
  Consumer<String> beforeCreate = file -> {};

  FakeProvider(Script script, ManualClock clock, Duration callTakes) {
    this.script = script;
    this.clock = clock;
    this.callTakes = callTakes;
  }

  List<RemoteJob> live() {
    return jobs.stream().filter(job -> !job.terminal()).toList();
  }

  /** Puts a job there that nobody remembers. */
  RemoteJob add(String name, String displayName, String state, @Nullable Instant created) {
    var job = new RemoteJob(name, displayName, "m", state, null, null, null, null, created, null);
    jobs.add(job);
    return job;
  }

  @Override
  public RemoteFile upload(Path file, String name) {
    clock.advance(callTakes);
    String content;
    try {
      content = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return script.play(
        Call.UPLOAD,
        () -> {
          String full = "files/" + name;
          if (files.containsKey(full)) {
            throw new ProviderException(Kind.REFUSED, 409, "", full + " is taken");
          }
          files.put(full, content);
          return new RemoteFile(full, content.length());
        },
        new RemoteFile("", 0));
  }

  @Override
  public RemoteJob create(String model, String fileName, String displayName) {
    clock.advance(callTakes);
    beforeCreate.accept(fileName);
    attempts.add(fileName);
    return script.play(
        Call.CREATE,
        () -> {
          if (!files.containsKey(fileName)) {
            throw new ProviderException(Kind.NOT_FOUND, 404, "", "no file " + fileName);
          }
          return add("batches/" + jobs.size(), displayName, "PENDING", clock.instant());
        },
        new RemoteJob("", "", "", "", null, null, null, null, null, null));
  }

  @Override
  public List<RemoteJob> find(String displayName) {
    clock.advance(callTakes);
    return script.play(
        Call.FIND,
        () ->
            jobs.stream()
                .filter(job -> job.displayName().equals(displayName) && listed(job.created()))
                .toList(),
        List.of());
  }

  @Override
  public void cancel(String jobName) {
    clock.advance(callTakes);
    script.play(
        Call.CANCEL,
        () -> {
          jobs.replaceAll(job -> job.name().equals(jobName) ? cancelled(job) : job);
          return true;
        },
        false);
  }

  @Override
  public boolean discard(String fileName) {
    clock.advance(callTakes);
    return script.play(
        Call.DISCARD,
        () -> {
          files.remove(fileName);
          return true;
        },
        false);
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
  public void download(String fileName, Path target) {
    throw new AssertionError("a submission downloads nothing");
  }

  @Override
  public void close() {
    throw new AssertionError("a submission closes no provider");
  }

  private boolean listed(@Nullable Instant created) {
    return listLag.isZero() || created == null || !created.plus(listLag).isAfter(clock.instant());
  }

  private static RemoteJob cancelled(RemoteJob job) {
    return new RemoteJob(
        job.name(),
        job.displayName(),
        job.model(),
        "CANCELLED",
        job.inputFile(),
        null,
        null,
        null,
        job.created(),
        null);
  }
}
