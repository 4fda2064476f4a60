package io.promptferry.gemini;

/**
 * Why a whole job ended without success.
 *
 * @param code a {@code google.rpc.Code}, for example 3 for INVALID_ARGUMENT and 13 for INTERNAL
 * @param message the provider's words; may name a line of the input file
 */
public record RemoteError(int code, String message) {}
