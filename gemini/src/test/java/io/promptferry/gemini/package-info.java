/** Tests of the Gemini adapter against a scripted server on loopback. */
@NullMarked
package io.promptferry.gemini;

import org.jspecify.annotations.NullMarked;
