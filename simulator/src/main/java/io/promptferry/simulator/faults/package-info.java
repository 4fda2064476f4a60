/**
 * What goes wrong on purpose: the faults a test has asked for, which of them strike, and what each
 * does to a call, a job or a line. It knows nothing of the simulator that carries them out.
 */
@NullMarked
package io.promptferry.simulator.faults;

import org.jspecify.annotations.NullMarked;
