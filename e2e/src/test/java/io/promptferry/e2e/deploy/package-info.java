/**
 * Holds the manifests under deploy/, the compose file and the pages of docs/ to the code: strictly
 * typed, complete, and with no name that the code does not know.
 */
@NullMarked
package io.promptferry.e2e.deploy;

import org.jspecify.annotations.NullMarked;
