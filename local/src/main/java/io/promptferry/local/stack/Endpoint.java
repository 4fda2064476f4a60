package io.promptferry.local.stack;

import java.nio.file.Path;

/**
 * Something of a {@link LocalStack} that answers.
 *
 * @param name as in messages and in {@link LocalStack#service}
 * @param address what a client or a browser takes
 * @param log where its process writes
 */
public record Endpoint(String name, String address, Path log) {}
