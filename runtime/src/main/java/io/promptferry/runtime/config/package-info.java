/**
 * Configuration in Kafka's own language: a properties file, {@code PROMPTFERRY_…} variables over
 * it, secrets by reference, and errors that name the key and the remedy.
 */
@NullMarked
package io.promptferry.runtime.config;

import org.jspecify.annotations.NullMarked;
