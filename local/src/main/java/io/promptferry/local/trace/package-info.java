/** One prompt's way through all topics: found, followed and told. */
@NullMarked
package io.promptferry.local.trace;

import org.jspecify.annotations.NullMarked;
