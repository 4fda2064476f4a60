/** How far something has come, its rate and the time that remains: a bar or lines. */
@NullMarked
package io.promptferry.local.progress;

import org.jspecify.annotations.NullMarked;
