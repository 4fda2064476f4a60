/**
 * Starts a real Kafka broker, a real schema registry and any other JVM program as children that do
 * not outlive this process. For tests and for the command that runs everything on one machine; not
 * a way to run a broker in production.
 */
@NullMarked
package io.promptferry.stack;

import org.jspecify.annotations.NullMarked;
