/**
 * The accounts that jobs are made and paid with: each has a name, a key of its own, and so a
 * project of its own at the provider.
 */
@NullMarked
package io.promptferry.gemini.account;

import org.jspecify.annotations.NullMarked;
