/** Whether a prompt whose attempt brought no good answer is sent again, and when. */
@NullMarked
package io.promptferry.collector.retry;

import org.jspecify.annotations.NullMarked;
