/** Sending to Gemini itself from a stack on one machine: the key, what it may cost, and consent. */
@NullMarked
package io.promptferry.local.live;

import org.jspecify.annotations.NullMarked;
