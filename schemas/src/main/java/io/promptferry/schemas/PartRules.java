package io.promptferry.schemas;

import io.promptferry.records.Part;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules for the parts of a user turn. */
final class PartRules {

  private static final int MAX_URI = 2_048;
  private static final int MAX_MIME_TYPE = 255;

  // Type and subtype as RFC 6838 has their names, then parameters.
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}";
  private static final Pattern MIME_TYPE =
      Pattern.compile(
          NAME + "/" + NAME + "( ?; ?" + NAME + "=(" + NAME + "|\"[^\"\\\\\\p{Cntrl}]*\"))*");

  private PartRules() {}

  /** What is wrong with the first bad part, in a sentence without content. */
  static Optional<String> flaw(List<Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      String flaw = flaw(parts.get(i));
      if (flaw != null) {
        return Optional.of("parts[%d] %s".formatted(i, flaw));
      }
    }
    return Optional.empty();
  }

  private static @Nullable String flaw(Part part) {
    long contents =
        Stream.of(part.getText() != null, part.getFileUri() != null, part.getData() != null)
            .filter(set -> set)
            .count();
    if (contents != 1) {
      return "must set exactly one of text, fileUri and data";
    }
    if (part.getText() != null) {
      return part.getText().isEmpty() ? "has an empty text" : null;
    }
    if (part.getData() != null && !part.getData().hasRemaining()) {
      return "has empty data";
    }
    if (part.getFileUri() != null && !isFile(part.getFileUri())) {
      return "needs a fileUri that is https:// or gs://, %d characters at most".formatted(MAX_URI);
    }
    String mimeType = part.getMimeType();
    if (mimeType == null) {
      return "needs the mimeType of its fileUri or data";
    }
    return mimeType.length() <= MAX_MIME_TYPE && MIME_TYPE.matcher(mimeType).matches()
        ? null
        : "needs a mimeType such as image/png";
  }

  private static boolean isFile(String uri) {
    if (uri.length() > MAX_URI) {
      return false;
    }
    try {
      URI parsed = new URI(uri);
      return ("https".equals(parsed.getScheme()) || "gs".equals(parsed.getScheme()))
          && parsed.getRawAuthority() != null;
    } catch (URISyntaxException e) {
      // Objects of Cloud Storage may have names that no URI has, such as one with a space.
      return uri.matches("gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]/[^\\p{Cntrl}]+");
    }
  }
}
