/** Tests of what is sent again. */
@NullMarked
package io.promptferry.collector.resend;

import org.jspecify.annotations.NullMarked;
