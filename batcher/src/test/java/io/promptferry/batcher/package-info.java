/** Tests of the batcher, and what they share: a registry on loopback, prompts and a clock. */
@NullMarked
package io.promptferry.batcher;

import org.jspecify.annotations.NullMarked;
