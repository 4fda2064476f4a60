/** Stands between a client and the simulator, and lets a test decide what becomes of a request. */
@NullMarked
package io.promptferry.simulator.gate;

import org.jspecify.annotations.NullMarked;
