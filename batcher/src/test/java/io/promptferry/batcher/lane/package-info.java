@NullMarked
package io.promptferry.batcher.lane;

import org.jspecify.annotations.NullMarked;
