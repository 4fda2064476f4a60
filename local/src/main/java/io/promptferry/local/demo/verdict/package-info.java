/**
 * Whether every prompt got its one right answer and its one bill, judged from outside the pipeline:
 * from what was published, from the response topics and from the simulator's ledger.
 */
@NullMarked
package io.promptferry.local.demo.verdict;

import org.jspecify.annotations.NullMarked;
