/** What batches came to, for people: receipts read from their topic, told and summed. */
@NullMarked
package io.promptferry.local.receipts;

import org.jspecify.annotations.NullMarked;
