/**
 * A job's result file: its lines, found by the prompt they belong to, and what each of them means.
 */
@NullMarked
package io.promptferry.collector.result;

import org.jspecify.annotations.NullMarked;
