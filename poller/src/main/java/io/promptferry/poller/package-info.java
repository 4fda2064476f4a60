/** The poller: watches the jobs at the provider and writes what becomes of them. */
@NullMarked
package io.promptferry.poller;

import org.jspecify.annotations.NullMarked;
