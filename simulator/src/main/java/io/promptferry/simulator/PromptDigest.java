package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mark by which an answer can be told to belong to its prompt.
 *
 * <p>The digest is SHA-256, in 64 lower-case hexadecimal digits, of the UTF-8 of the prompt's text:
 * the {@code text} of all parts of all {@code contents} with the role {@code user} (or none), in
 * order and without anything between them. The system instruction is not part of it. A text answer
 * ends in {@code [sha256:<digest>]}, an answer by a schema has that in its first free string, and
 * {@code responseId} ends in the digest in any case.
 */
public final class PromptDigest {
  private static final Pattern MARK = Pattern.compile("\\[sha256:([0-9a-f]{64})]");

  private PromptDigest() {}

  /** The digest of a prompt's text. */
  public static String of(String promptText) {
    return HexFormat.of().formatHex(sha256().digest(promptText.getBytes(StandardCharsets.UTF_8)));
  }

  /** The text of a GenerateContentRequest that its digest is taken of. */
  public static String textOf(JsonNode request) {
    StringBuilder text = new StringBuilder();
    for (JsonNode content : request.path("contents")) {
      if (content.path("role").asText("user").equals("user")) {
        content.path("parts").forEach(part -> text.append(part.path("text").asText("")));
      }
    }
    return text.toString();
  }

  /** The digest that an answer's text carries, if it carries one. */
  public static Optional<String> in(String answerText) {
    Matcher mark = MARK.matcher(answerText);
    return mark.find() ? Optional.of(mark.group(1)) : Optional.empty();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
