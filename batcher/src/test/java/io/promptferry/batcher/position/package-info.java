/** Stands in for what a group has done. */
@NullMarked
package io.promptferry.batcher.position;

import org.jspecify.annotations.NullMarked;
