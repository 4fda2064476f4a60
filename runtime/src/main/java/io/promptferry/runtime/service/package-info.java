/**
 * What a service process is: parts that run, a port that tells how they are, a clean start and a
 * clean stop.
 */
@NullMarked
package io.promptferry.runtime.service;

import org.jspecify.annotations.NullMarked;
