package io.promptferry.gemini;

/**
 * A file in the provider's storage.
 *
 * @param name the provider's resource name, {@code files/…}
 * @param sizeBytes its size there
 */
public record RemoteFile(String name, long sizeBytes) {}
