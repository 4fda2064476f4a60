/** Gathers the slices of a lane into batches and closes each by the first limit it meets. */
@NullMarked
package io.promptferry.batcher.assemble;

import org.jspecify.annotations.NullMarked;
