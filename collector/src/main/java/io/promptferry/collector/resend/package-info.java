/**
 * What of a batch is sent again: prompts to be tried once more, and the parts of a batch that the
 * provider rejected as a whole.
 */
@NullMarked
package io.promptferry.collector.resend;

import org.jspecify.annotations.NullMarked;
