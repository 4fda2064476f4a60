package io.promptferry.batcher.submit;

import io.promptferry.records.Batch;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Names and bounds of one submission.
 *
 * @param offset of the batch in its topic
 * @param spool the local file to write
 * @param displayName the job's name at the provider, by which it is found again
 * @param fileNames a new remote file name each time, since a broken upload may hold its name
 * @param quarantine how long absence is not believed after the input file was deleted
 */
record Terms(
    Batch batch,
    long offset,
    Path spool,
    String displayName,
    Supplier<String> fileNames,
    Instant giveUpAt,
    Duration quarantine) {}
