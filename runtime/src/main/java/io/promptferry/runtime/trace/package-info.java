/**
 * The trace of a batch, by OpenTelemetry's API alone: where the process has no OpenTelemetry in it,
 * as its Java agent, nothing comes of it.
 */
@NullMarked
package io.promptferry.runtime.trace;

import org.jspecify.annotations.NullMarked;
