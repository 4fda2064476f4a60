/** The collector: takes the results of ended jobs and writes each prompt's one answer. */
@NullMarked
package io.promptferry.collector;

import org.jspecify.annotations.NullMarked;
