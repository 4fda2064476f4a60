/**
 * Sending an input once, however often its sending is broken off: which rows are there is asked of
 * the topic, from where it ended when the run began.
 */
@NullMarked
package io.promptferry.local.run;

import org.jspecify.annotations.NullMarked;
