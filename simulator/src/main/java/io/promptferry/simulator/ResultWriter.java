package io.promptferry.simulator;

import io.promptferry.simulator.faults.Faults;
import io.promptferry.simulator.faults.JobEffect;
import io.promptferry.simulator.faults.LineEffect;
import io.promptferry.simulator.faults.RpcStatus;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of a job, one by one and each once, into its result file and its bill. */
final class ResultWriter {
  private static final Logger log = LoggerFactory.getLogger(ResultWriter.class);
  private static final int LINES_BETWEEN_LOOKS = 256;

  private final FileStore files;
  private final NamedFiles named;
  private final JobStore jobs;
  private final Bills bills;
  private final Faults faults;
  private final Path drafts;
  private final Clock clock;

  ResultWriter(FileStore files, JobStore jobs, Bills bills, Faults faults, Path drafts, Clock clock)
      throws IOException {
    this.files = files;
    this.named = new NamedFiles(files);
    this.jobs = jobs;
    this.bills = bills;
    this.faults = faults;
    this.drafts = Files.createDirectories(drafts);
    this.clock = clock;
  }

  /**
   * Writes the result and ends the job. A job cancelled on the way is billed for what was answered
   * by then.
   *
   * @param seed of the order of lines; null for that of the input
   * @param end how the job ends
   * @param why it ends so; null for no error
   */
  void write(
      String id, RequestFile requests, @Nullable Long seed, Job.Phase end, @Nullable RpcStatus why)
      throws IOException {
    Job job = jobs.current(id);
    if (job.phase().terminal()) {
      return;
    }
    int[] order =
        seed == null
            ? LineOrder.asGiven(requests.count())
            : LineOrder.shuffled(requests.count(), seed + job.number());
    int answered = order.length - missing(job.fate(), order.length);
    Path draft = drafts.resolve(id);
    MessageDigest sha256 = PromptDigest.sha256();
    int failed = 0;
    try (Bills.Draft bill = bills.draft(id)) {
      try (OutputStream out =
          new BufferedOutputStream(
              new DigestOutputStream(Files.newOutputStream(draft), sha256), 1 << 16)) {
        for (int i = 0; i < answered; i++) {
          if (i % LINES_BETWEEN_LOOKS == 0 && cancelled(id)) {
            bill.commit();
            Files.delete(draft);
            return;
          }
          Answers.Answer answer = Answers.to(job, requests.line(order[i]), named);
          LineEffect effect = faults.onLine(job.number(), answer.key());
          SpoiltLine line = SpoiltLine.of(answer, effect);
          line.writeTo(out);
          if (line.billed()) {
            bill.add(answer.key());
          }
          failed += line.failed() ? 1 : 0;
        }
      }
      bill.commit();
    }
    // Longer than the 40 characters that files.get takes, as the service's own are.
    String output = "batch-" + id;
    Long unreadable = job.fate().unreadableFor();
    files.generate(
        job,
        output,
        draft,
        Base64.getEncoder().encodeToString(sha256.digest()),
        Duration.ofMillis(unreadable == null ? 0 : unreadable));
    int errors = failed;
    jobs.changeLive(
        id,
        running -> running.answered(end, output, answered - errors, errors, why, clock.instant()));
    log.info("{} answered {} requests", job.name(), answered - errors);
  }

  /** How many lines a job that ends early leaves out: the last of its order. */
  private static int missing(JobEffect fate, int lines) {
    if (fate.state() == null) {
      return 0;
    }
    double share = fate.missing() == null ? 0.5 : fate.missing();
    return (int) Math.ceil(share * lines);
  }

  private boolean cancelled(String id) {
    return jobs.current(id).phase().terminal();
  }
}
