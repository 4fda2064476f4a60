package io.promptferry.simulator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A fault that was asked for.
 *
 * @param call where it strikes
 * @param what as it was given, to be told again
 * @param effect the same, read
 * @param times how often it strikes at most; null for no bound
 * @param skip how many that it fits are let through first
 * @param probability with which it strikes the rest, 0 to 1
 * @param seed what that depends on
 * @param match a text that the display name, the file's name or the line's key must contain; empty
 *     for all
 */
public record Fault(
    Point call,
    JsonNode what,
    Effect effect,
    @Nullable Long times,
    long skip,
    double probability,
    long seed,
    String match) {}
