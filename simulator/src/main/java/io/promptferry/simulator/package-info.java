/**
 * The Gemini Batch API on loopback: files, batch jobs and result files as the service has them on
 * the wire, and a ledger on disk of every job created and every request billed. It shares no code
 * with the services it stands in for, so that a mistake in them cannot hide in it.
 */
@NullMarked
package io.promptferry.simulator;

import org.jspecify.annotations.NullMarked;
