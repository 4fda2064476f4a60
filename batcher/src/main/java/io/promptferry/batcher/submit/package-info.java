/** Turns each batch into one job at the provider, whatever crashes. */
@NullMarked
package io.promptferry.batcher.submit;

import org.jspecify.annotations.NullMarked;
