/**
 * What a user of a running Promptferry does from outside: connect, make topics, send prompts, read
 * answers.
 */
@NullMarked
package io.promptferry.local.client;

import org.jspecify.annotations.NullMarked;
