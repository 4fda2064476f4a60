/** What the tests of several packages share. */
@NullMarked
package io.promptferry.runtime;

import org.jspecify.annotations.NullMarked;
