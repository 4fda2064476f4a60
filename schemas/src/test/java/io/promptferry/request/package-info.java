/** Tests of rendering and estimating. */
@NullMarked
package io.promptferry.request;

import org.jspecify.annotations.NullMarked;
