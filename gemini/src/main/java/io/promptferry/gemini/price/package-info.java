/**
 * What Gemini charges for tokens, as of a date, so that costs can be told before and after. An
 * estimate for people: the bill is the provider's.
 */
@NullMarked
package io.promptferry.gemini.price;

import org.jspecify.annotations.NullMarked;
