/** What can be typed after {@code promptferry}: one class for each command. */
@NullMarked
package io.promptferry.local.command;

import org.jspecify.annotations.NullMarked;
