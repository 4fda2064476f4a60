/** Tests of the part assemble. */
@NullMarked
package io.promptferry.batcher.assemble;

import org.jspecify.annotations.NullMarked;
