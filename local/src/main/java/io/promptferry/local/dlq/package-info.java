/** Dead letters for people: read, told and sent again. */
@NullMarked
package io.promptferry.local.dlq;

import org.jspecify.annotations.NullMarked;
