/**
 * The batcher: prompts to slices, slices to batches, batches to jobs; three parts that meet only in
 * topics.
 */
@NullMarked
package io.promptferry.batcher;

import org.jspecify.annotations.NullMarked;
