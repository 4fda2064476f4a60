package io.promptferry.producer;

import io.promptferry.records.PromptEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as it will be sent: the event, the key that its answer comes back under, and headers,
 * which come back too. Not validated yet; sending does that.
 *
 * <pre>{@code
 * Prompt prompt =
 *     Prompt.text("Summarize in one line: " + review)
 *         .key(product)
 *         .id("review-17")
 *         .system("You are terse.")
 *         .generation(g -> g.setTemperature(0.2).setMaxOutputTokens(100))
 *         .build();
 * }</pre>
 */
public final class Prompt {

  private final byte @Nullable [] key;
  private final PromptEvent event;
  private final List<Header> headers;

  Prompt(byte @Nullable [] key, PromptEvent event, List<Header> headers) {
    this.key = key;
    this.event = event;
    this.headers = List.copyOf(headers);
  }

  /** The typed form, beginning with the text of the one user turn. */
  public static TypedPrompt text(String text) {
    return new TypedPrompt(text);
  }

  /** The typed form of parts alone; add one at least. */
  public static TypedPrompt parts() {
    return new TypedPrompt(null);
  }

  /**
   * The raw form.
   *
   * @param json a whole {@code GenerateContentRequest} of the Gemini API: contents, tools, safety
   *     settings, anything that it takes
   */
  public static RawPrompt request(String json) {
    return new RawPrompt(json);
  }

  /** An event that was made elsewhere, under a key; null: none, see {@link PromptBuilder#key}. */
  public static Prompt of(@Nullable String key, PromptEvent event) {
    return new Prompt(key == null ? null : key.getBytes(StandardCharsets.UTF_8), event, List.of());
  }

  public PromptEvent event() {
    return event;
  }

  /** The key's bytes; empty: the prompt has none. */
  public Optional<byte[]> key() {
    return Optional.ofNullable(key);
  }

  public List<Header> headers() {
    return headers;
  }

  Prompt with(PromptEvent other) {
    return new Prompt(key, other, headers);
  }
}
