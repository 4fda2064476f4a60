package io.promptferry.local.demo;

import io.promptferry.local.demo.verdict.Verdict;
import io.promptferry.local.receipts.Sums;
import java.time.Duration;

/**
 * What came of a run.
 *
 * @param progress the last that was seen of the pipeline
 * @param answers what the answers came to
 * @param receipts what the batches came to, summed
 * @param verdict whether all is well
 * @param stalled nothing more came for so long that waiting was given up
 * @param travelling from the first prompt published to the last batch settled, or given up
 */
record Outcome(
    Progress progress,
    AnswerTotals answers,
    Sums receipts,
    Verdict verdict,
    boolean stalled,
    Duration travelling) {}
