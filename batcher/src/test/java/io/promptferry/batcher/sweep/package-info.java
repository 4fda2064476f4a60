/** Tests of the part submit. */
@NullMarked
package io.promptferry.batcher.sweep;

import org.jspecify.annotations.NullMarked;
