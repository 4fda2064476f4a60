/** Tests of where keys come from. */
@NullMarked
package io.promptferry.gemini.account;

import org.jspecify.annotations.NullMarked;
