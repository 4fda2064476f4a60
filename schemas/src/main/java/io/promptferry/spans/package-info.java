/**
 * Prompts named by their offsets: the coding of spans, how they join, and how they are read again
 * from the log.
 */
@NullMarked
package io.promptferry.spans;

import org.jspecify.annotations.NullMarked;
