/**
 * What services and their users agree on: names of topics and headers, reasons of failure, the
 * validation of a prompt, and how records become bytes.
 */
@NullMarked
package io.promptferry.schemas;

import org.jspecify.annotations.NullMarked;
