/** What the lines of a log have in common: the batch, its job and the partition they are about. */
@NullMarked
package io.promptferry.runtime.log;

import org.jspecify.annotations.NullMarked;
