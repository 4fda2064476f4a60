package io.promptferry.collector.resend;

import io.promptferry.records.JobError;
import io.promptferry.records.JobState;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * That the provider took a job and then rejected its whole input file, for the sake of some line of
 * it.
 *
 * @param code the google.rpc code
 * @param line the line of the input file that the provider blames, from 1; empty where it names
 *     none
 */
public record Rejection(@Nullable Integer code, String message, OptionalLong line) {

  private static final int INVALID_ARGUMENT = 3;
  private static final int BAD_REQUEST = 400;

  /** As reported of the service: "Error on line 1: invalid JSON, near column 1032: …". */
  private static final Pattern LINE =
      Pattern.compile("\\bline (\\d{1,9})\\b", Pattern.CASE_INSENSITIVE);

  /** Whether the job ended in that way; null where it did not. */
  public static @Nullable Rejection of(JobState state) {
    JobError error = state.getError();
    // Where some lines were answered, the job was no more rejected than any that failed half-way.
    if (!state.getState().equals("FAILED") || error == null || state.getResultFile() != null) {
      return null;
    }
    Integer code = error.getCode();
    Matcher named = LINE.matcher(error.getMessage());
    boolean names = named.find();
    boolean invalid = code != null && (code == INVALID_ARGUMENT || code == BAD_REQUEST);
    if (!invalid && !(code == null && names)) {
      return null;
    }
    return new Rejection(
        code,
        error.getMessage(),
        names ? OptionalLong.of(Long.parseLong(named.group(1))) : OptionalLong.empty());
  }
}
