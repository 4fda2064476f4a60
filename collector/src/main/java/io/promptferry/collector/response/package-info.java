/** Responses: what they say, and the topic that each of them goes to. */
@NullMarked
package io.promptferry.collector.response;

import org.jspecify.annotations.NullMarked;
