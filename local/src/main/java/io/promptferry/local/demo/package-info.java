/**
 * The {@code demo} command: a whole pipeline on one machine, real text through it, a live view of
 * it and a verdict on it.
 */
@NullMarked
package io.promptferry.local.demo;

import org.jspecify.annotations.NullMarked;
