package io.promptferry.simulator;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of a job, one by one and each once, into its result file and its bill. */
final class ResultWriter {
  private static final Logger log = LoggerFactory.getLogger(ResultWriter.class);
  private static final int LINES_BETWEEN_LOOKS = 256;

  private final FileStore files;
  private final JobStore jobs;
  private final Bills bills;
  private final Path drafts;
  private final Clock clock;

  ResultWriter(FileStore files, JobStore jobs, Bills bills, Path drafts, Clock clock)
      throws IOException {
    this.files = files;
    this.jobs = jobs;
    this.bills = bills;
    this.drafts = Files.createDirectories(drafts);
    this.clock = clock;
  }

  /**
   * Writes the result and ends the job. A job cancelled on the way is billed for what was answered
   * by then.
   *
   * @param seed of the order of lines; null for that of the input
   */
  void write(String id, RequestFile requests, @Nullable Long seed) throws IOException {
    Job job = jobs.current(id);
    if (job.phase().terminal()) {
      return;
    }
    int[] order =
        seed == null
            ? LineOrder.asGiven(requests.count())
            : LineOrder.shuffled(requests.count(), seed + job.number());
    Path draft = drafts.resolve(id);
    MessageDigest sha256 = PromptDigest.sha256();
    int failed = 0;
    try (Bills.Draft bill = bills.draft(id)) {
      try (OutputStream out =
          new BufferedOutputStream(
              new DigestOutputStream(Files.newOutputStream(draft), sha256), 1 << 16)) {
        for (int i = 0; i < order.length; i++) {
          if (i % LINES_BETWEEN_LOOKS == 0 && cancelled(id)) {
            bill.commit();
            Files.delete(draft);
            return;
          }
          Answers.Answer answer = Answers.to(job, requests.line(order[i]));
          out.write(Json.MAPPER.writeValueAsBytes(answer.line()));
          out.write('\n');
          if (answer.billed()) {
            bill.add(answer.key());
          } else {
            failed++;
          }
        }
      }
      bill.commit();
    }
    // Longer than the 40 characters that files.get takes, as the service's own are.
    String output = "batch-" + id;
    files.generate(output, draft, Base64.getEncoder().encodeToString(sha256.digest()));
    int failedLines = failed;
    jobs.changeLive(id, running -> running.succeeded(output, failedLines, clock.instant()));
    log.info("{} answered {} requests", job.name(), order.length - failed);
  }

  private boolean cancelled(String id) {
    return jobs.current(id).phase().terminal();
  }
}
