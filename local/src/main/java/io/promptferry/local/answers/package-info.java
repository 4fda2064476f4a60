/** Answers on their way into a file: as JSON lines or CSV, beside the rows that they answer. */
@NullMarked
package io.promptferry.local.answers;

import org.jspecify.annotations.NullMarked;
