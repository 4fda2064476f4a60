/**
 * All of Promptferry on one machine: broker, registry, topics, simulator and services, each a child
 * process as it would run alone.
 */
@NullMarked
package io.promptferry.local.stack;

import org.jspecify.annotations.NullMarked;
