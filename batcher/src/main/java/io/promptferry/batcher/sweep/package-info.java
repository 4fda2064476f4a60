/**
 * Clears the provider's storage of input files that nobody wants any more: those of uploads that a
 * crash cut off from their batch, and those whose deletion was lost. Looks for them by name and
 * age, and at the topics for who may still want them.
 */
@NullMarked
package io.promptferry.batcher.sweep;

import org.jspecify.annotations.NullMarked;
