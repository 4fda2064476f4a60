/** What prompts must share to ride in one batch, and the limits and times that hold for it. */
@NullMarked
package io.promptferry.batcher.lane;

import org.jspecify.annotations.NullMarked;
