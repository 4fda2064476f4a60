/** Tests of the part submit. */
@NullMarked
package io.promptferry.batcher.submit;

import org.jspecify.annotations.NullMarked;
