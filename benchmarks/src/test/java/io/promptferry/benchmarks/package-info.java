/** Tests of the arithmetic; the measuring itself is run by hand. */
@NullMarked
package io.promptferry.benchmarks;

import org.jspecify.annotations.NullMarked;
