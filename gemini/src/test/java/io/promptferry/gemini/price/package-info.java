@NullMarked
package io.promptferry.gemini.price;

import org.jspecify.annotations.NullMarked;
