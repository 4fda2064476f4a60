/** Tests of the library, and the examples that its docs show. */
@NullMarked
package io.promptferry.producer;

import org.jspecify.annotations.NullMarked;
