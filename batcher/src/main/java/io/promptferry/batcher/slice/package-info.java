/**
 * Reads the prompts topic, names good prompts by their offsets in slices, and sets bad ones aside.
 */
@NullMarked
package io.promptferry.batcher.slice;

import org.jspecify.annotations.NullMarked;
