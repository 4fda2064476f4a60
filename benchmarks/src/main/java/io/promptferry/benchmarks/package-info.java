/** What Promptferry costs, measured on a real broker. Run by hand; see benchmarks/README.md. */
@NullMarked
package io.promptferry.benchmarks;

import org.jspecify.annotations.NullMarked;
