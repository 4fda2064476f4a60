package io.promptferry.simulator;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API keys that are valid at the moment. Each is a project, and the same one when it is back.
 */
final class Keys {
  private static final int PROJECT_LENGTH = 12;

  private volatile Set<String> valid;

  Keys(List<String> valid) {
    this.valid = Set.copyOf(valid);
  }

  /** From now on these and no others; none at all is fine. */
  void replace(List<String> keys) {
    valid = Set.copyOf(keys);
  }

  /** The key's project, a digest of it: keys are not written to disk. */
  String projectOf(@Nullable String key) {
    if (key == null || !valid.contains(key)) {
      throw ApiError.apiKeyInvalid();
    }
    byte[] digest = PromptDigest.sha256().digest(key.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest).substring(0, PROJECT_LENGTH);
  }
}
