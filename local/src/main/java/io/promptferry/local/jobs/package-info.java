/** Batches and their jobs for people: read from the inner topics, told, watched and compared. */
@NullMarked
package io.promptferry.local.jobs;

import org.jspecify.annotations.NullMarked;
