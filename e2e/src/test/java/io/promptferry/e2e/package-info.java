/** The whole road, and the rules that hold the code to its design. */
@NullMarked
package io.promptferry.e2e;

import org.jspecify.annotations.NullMarked;
