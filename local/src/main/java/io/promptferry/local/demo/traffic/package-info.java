/** What the demo publishes: passages of real text, made into prompts and sent to Kafka. */
@NullMarked
package io.promptferry.local.demo.traffic;

import org.jspecify.annotations.NullMarked;
