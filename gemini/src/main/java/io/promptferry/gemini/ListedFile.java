package io.promptferry.gemini;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file as a list of the storage shows it. Read leniently: what the provider leaves out stays
 * empty.
 *
 * @param name the provider's resource name, {@code files/…}
 * @param displayName what its uploader called it; mostly empty
 * @param sizeBytes its size there; 0 where it is not told
 * @param created when it was made, by the provider's clock; null where that is not told
 * @param state as the provider words it, {@code ACTIVE} for one that can be used; may be empty
 */
public record ListedFile(
    String name, String displayName, long sizeBytes, @Nullable Instant created, String state) {}
