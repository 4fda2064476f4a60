/**
 * The port through which the services use a batch provider, and its adapter for the Gemini API.
 *
 * <p>{@link io.promptferry.gemini.BatchProvider} says what a provider must do; {@link
 * io.promptferry.gemini.GeminiProvider} does it over the wire of {@code
 * generativelanguage.googleapis.com}, version {@code v1beta}.
 */
@NullMarked
package io.promptferry.gemini;

import org.jspecify.annotations.NullMarked;
