package io.promptferry.poller;

import static io.promptferry.poller.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import io.promptferry.simulator.gate.Books;
import io.promptferry.simulator.gate.Cell;
import io.promptferry.simulator.gate.Event;
import io.promptferry.simulator.gate.Stop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.config.types.Password;

/**
 * Jobs at a simulator, reached over HTTP, and what is written of them. One instance after the other
 * watches them.
 */
final class Watch implements AutoCloseable {

  /** Jobs on a page of the list. */
  private static final int PAGE = 2;

  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration IMPATIENT = Duration.ofMillis(400);

  final MutableClock clock = new MutableClock(T0);
  final Simulator simulator;
  final List<Job> jobs = new ArrayList<>();
  final List<JobState> written = new CopyOnWriteArrayList<>();
  volatile long committed;
  private final Path folder;
  private final GeminiProvider direct;
  private final List<Watchman> watchmen = new ArrayList<>();

  Watch(Path folder) throws IOException {
    this.folder = folder;
    this.simulator =
        Simulator.start(
            SimulatorSettings.in(folder.resolve("simulator"))
                .withDelays(Duration.ZERO, Duration.ZERO),
            clock);
    this.direct = adapter(simulator.baseUrl().toString(), PATIENT);
  }

  static GeminiProvider adapter(String url, Duration timeout) {
    return new GeminiProvider(
        new GeminiSettings(
            new Password("simulator"), url, timeout, timeout, timeout, 1 << 18, 3, PAGE));
  }

  /** So many jobs that have ended. */
  void ended(int count) {
    submit(count);
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENT)
        .until(() -> Books.of(simulator.baseUrl()).settled());
  }

  /** A job that goes on until it is cancelled. */
  void stuck() {
    fault("[{\"call\":\"job\",\"what\":{\"stuck\":true}}]");
    submit(1);
  }

  private void submit(int count) {
    try {
      Path lines =
          Files.writeString(
              folder.resolve("in.jsonl"),
              "{\"key\":\"1\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Ahoy\"}]}]}}\n");
      String file = direct.upload(lines, "in").name();
      for (int i = 0; i < count; i++) {
        String id = "b" + i;
        RemoteJob remote = direct.create("m", file, "d/" + id);
        Job job = Samples.submitted(id);
        job.setJob(remote.name());
        job.setFile(file);
        jobs.add(job);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void fault(String json) {
    URI faults = simulator.baseUrl().resolve("/simulator/faults");
    HttpRequest request =
        HttpRequest.newBuilder(faults).PUT(HttpRequest.BodyPublishers.ofString(json)).build();
    try {
      int status =
          HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode();
      assertThat(status).isEqualTo(200);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean finished() {
    return committed == jobs.size();
  }

  /** Lives through the cell until all instances have come to their end. */
  void through(Cell<Watch> cell) throws IOException, InterruptedException {
    Watchman first = watchman(cell.isTimeout() ? IMPATIENT : PATIENT);
    var stop = new Stop();
    cell.arm(first.gate, this, stop);
    first.start();
    if (cell.event().hasSuccessor()) {
      stop.awaitReached();
      if (cell.event() == Event.CRASH) {
        first.kill();
      } else {
        first.fence();
      }
      Watchman successor = watchman(PATIENT);
      successor.start();
      successor.join();
      assertThat(finished()).isTrue();
    } else {
      first.await(this::finished);
    }
    stop.release();
    first.join();
    assertThat(first.gate.calls().stream().filter(cell.row().call()::equals))
        .as("calls of the kind among %s", first.gate.calls())
        .hasSizeGreaterThanOrEqualTo(cell.row().nth());
    assertThat(watchmen).allSatisfy(each -> assertThat(each.gate.failures()).isEmpty());
    assertThat(finished()).isTrue();
  }

  private Watchman watchman(Duration timeout) throws IOException {
    var watchman = new Watchman(this, timeout);
    watchmen.add(watchman);
    return watchman;
  }

  /** The last states of the batch that each of the owners wrote. */
  List<List<String>> ends(String batchId) {
    return watchmen.stream().map(watchman -> watchman.ends(batchId)).toList();
  }

  @Override
  public void close() {
    watchmen.forEach(Watchman::close);
    direct.close();
    simulator.close();
  }
}
