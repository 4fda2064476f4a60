package io.promptferry.simulator;

import io.promptferry.simulator.faults.Faults;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/**
 * The Gemini Batch API over HTTP on loopback: resumable uploads, files, batch jobs, downloads, as
 * strict as the service is known to be. It answers each request of a valid job once, in an order of
 * its own, with a {@linkplain PromptDigest digest} of the prompt, and keeps a ledger on disk.
 *
 * <p>Beside the service's own paths there are {@code GET /simulator/health} and {@code GET
 * /simulator/ledger}: <code>{"jobs":[{"name","displayName","model","state","created","requests"}],
 * "requests":[{"displayName","key","times"}],"interactive":[{"model","digest","at"}],
 * "violations":[{"kind","displayName","detail","at"}]}</code>. A request is billed when its job's
 * result is written, or when the job is cancelled after the request was answered. Faults, quotas
 * and keys are set at {@code /simulator/faults}, {@code /simulator/quotas} and {@code
 * /simulator/keys}: see {@code docs/simulator.md}.
 *
 * <p>Not simulated: inline requests, and that files are gone after 48 hours; an expired file is of
 * no use to a prompt, though.
 */
public final class Simulator implements AutoCloseable {
  private final SimulatorSettings settings;
  private final JobRunner runner;
  private final FaultGate gate;
  private final HttpFront front;

  private Simulator(SimulatorSettings settings, JobRunner runner, FaultGate gate, HttpFront front) {
    this.settings = settings;
    this.runner = runner;
    this.gate = gate;
    this.front = front;
  }

  /**
   * Starts a simulator by the system's clock.
   *
   * @throws IOException if the port is taken or the folder cannot be written; one line that says so
   */
  public static Simulator start(SimulatorSettings settings) throws IOException {
    return start(settings, Clock.systemUTC());
  }

  /**
   * Starts a simulator whose times come from the given clock.
   *
   * @throws IOException if the port is taken or the folder cannot be written; one line that says so
   */
  public static Simulator start(SimulatorSettings settings, Clock clock) throws IOException {
    Path data = settings.dataDir();
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw new IOException("cannot write to " + data + ": choose another data folder", e);
    }
    Ledger ledger = new Ledger(data.resolve("ledger"), clock);
    FileStore files = new FileStore(data.resolve("files"), clock);
    JobStore jobs = new JobStore(data.resolve("jobs"), ledger, clock);
    Faults faults = new Faults();
    ResultWriter results =
        new ResultWriter(files, jobs, ledger.bills(), faults, data.resolve("drafts"), clock);
    JobRunner runner = new JobRunner(settings, files, jobs, results, clock);

    Keys keys = new Keys(settings.apiKeys());
    QuotaGate quotas = new QuotaGate(settings.quotas(), jobs, files);
    FaultGate gate = new FaultGate(faults);
    Router router = new Router(keys, gate);
    new UploadsApi(files, quotas, gate, data.resolve("uploads")).routes(router);
    new FilesApi(files, ledger, clock).routes(router);
    new BatchesApi(files, jobs, runner, quotas, faults, ledger, clock).routes(router);
    new GenerateApi(new NamedFiles(files), ledger).routes(router);
    new LedgerApi(ledger).routes(router);
    new ControlApi(faults, quotas, keys).routes(router);
    HttpFront front = HttpFront.start(settings.host(), settings.port(), router);
    runner.resume();
    return new Simulator(settings, runner, gate, front);
  }

  /** What a client takes as its base URL; without a slash at the end. */
  public URI baseUrl() {
    return URI.create("http://" + settings.host() + ":" + port());
  }

  /** The port it listens on. */
  public int port() {
    return front.port();
  }

  /** Stops listening and lets jobs lie; another simulator on the same folder takes them up. */
  @Override
  public void close() {
    front.close();
    gate.close();
    runner.close();
  }
}
