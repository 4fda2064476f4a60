package io.promptferry.local.run;

import io.promptferry.local.rows.Input;
import io.promptferry.local.rows.PromptForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A run that was begun before with an input of this name.
 *
 * @param input as it is now
 */
public record Earlier(Input input, RunState state) {

  /** As its file tells; empty where there is none, and of standard input. */
  public static Optional<Earlier> of(Input input) throws IOException {
    Optional<StateFile> file = StateFile.of(input);
    return file.isPresent()
        ? file.get().read().map(state -> new Earlier(input, state))
        : Optional.empty();
  }

  /** Of one that is complete, when it was. */
  public String sentBefore() {
    return "%s was sent before, at %s: %,d rows"
        .formatted(input.name(), state.startedAt(), state.sent());
  }

  /**
   * Why it cannot go on, as far as that can be told without a cluster.
   *
   * @return one line; empty: it can
   */
  public Optional<String> differs(PromptForm form) throws IOException {
    return refusal(differs(input.digest(), digest(form)));
  }

  /** Why this cannot go on with it; one line; empty: it can. */
  Optional<String> differs(RunState now) {
    return refusal(
        otherCluster(now.cluster())
            .or(
                () ->
                    state.topic().equals(now.topic())
                        ? Optional.empty()
                        : Optional.of(
                            "went to the topic %s: name it with --topic".formatted(state.topic())))
            .or(() -> differs(now.input(), now.prompts())));
  }

  /** Whether its answers are elsewhere; one line that says where; empty: they are not. */
  public Optional<String> elsewhere(String cluster) {
    return otherCluster(cluster)
        .map(other -> "%s %s: name that one with --bootstrap".formatted(begun(), other));
  }

  private Optional<String> otherCluster(String cluster) {
    return state.cluster().equals(cluster)
        ? Optional.empty()
        : Optional.of("went to another cluster (%s)".formatted(state.cluster()));
  }

  private Optional<String> differs(String rows, String prompts) {
    if (!state.input().equals(rows)) {
      return Optional.of("had other rows: the input was changed since");
    }
    return state.prompts().equals(prompts)
        ? Optional.empty()
        : Optional.of("had another prompt, or other options that make it");
  }

  private Optional<String> refusal(Optional<String> why) {
    return why.map(
        other ->
            "%s %s. --again forgets it and sends all rows as a new run, those too that were sent before"
                .formatted(begun(), other));
  }

  private String begun() {
    return "run %s of %s, begun at %s,".formatted(state.run(), input.name(), state.startedAt());
  }

  /** Of what makes prompts of rows. */
  static String digest(PromptForm form) {
    try {
      byte[] bytes = form.description().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
