/**
 * How a metric is declared: once, as a constant, with its unit and its meaning. Nobody makes a
 * meter in any other way, so that docs/metrics.md, which is made of these constants, has them all.
 */
@NullMarked
package io.promptferry.runtime.metrics;

import org.jspecify.annotations.NullMarked;
