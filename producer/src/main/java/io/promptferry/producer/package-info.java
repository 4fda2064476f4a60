/**
 * What a service embeds: prompts go out by {@link io.promptferry.producer.PromptProducer}, answers
 * come in by {@link io.promptferry.producer.ResponseConsumer}. Nothing here runs by itself, logs,
 * or reads the environment.
 */
@NullMarked
package io.promptferry.producer;

import org.jspecify.annotations.NullMarked;
