/** The entry to the {@code promptferry} command; the one place that reads the environment. */
@NullMarked
package io.promptferry.local;

import org.jspecify.annotations.NullMarked;
