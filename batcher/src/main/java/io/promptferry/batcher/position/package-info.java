/**
 * Where a consumer group begins: with {@code auto.offset.reset=none} nothing is read from a place
 * that nobody chose, so that no prompt is passed over and none is paid for twice.
 */
@NullMarked
package io.promptferry.batcher.position;

import org.jspecify.annotations.NullMarked;
