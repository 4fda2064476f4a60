/** Tests of the part slice. */
@NullMarked
package io.promptferry.batcher.slice;

import org.jspecify.annotations.NullMarked;
