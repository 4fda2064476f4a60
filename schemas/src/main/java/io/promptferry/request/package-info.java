/**
 * A prompt as the provider is asked: the line of an input file that it becomes, and how many tokens
 * that is about.
 */
@NullMarked
package io.promptferry.request;

import org.jspecify.annotations.NullMarked;
