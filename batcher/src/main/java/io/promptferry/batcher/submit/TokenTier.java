package io.promptferry.batcher.submit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Enqueued input tokens of a model in the batch API, by the project's usage tier, as the page on
 * rate limits of the Gemini API gave them in November 2025. Look there when a tier is raised.
 */
enum TokenTier {
  TIER_NONE(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
  TIER_1(5_000_000, 3_000_000, 10_000_000),
  TIER_2(500_000_000, 400_000_000, 500_000_000),
  TIER_3(1_000_000_000, 1_000_000_000, 1_000_000_000);

  /** The stable name, a numbered version of it, or a preview; no other member of the family. */
  private static final Pattern MODEL =
      Pattern.compile("gemini-2\\.5-(pro|flash|flash-lite)(-\\d{3}|-latest|-preview-\\d.*)?");

  private final long pro;
  private final long flash;
  private final long flashLite;

  TokenTier(long pro, long flash, long flashLite) {
    this.pro = pro;
    this.flash = flash;
    this.flashLite = flashLite;
  }

  /** Of models without an entry any number. */
  long tokens(String model) {
    Matcher name = MODEL.matcher(model);
    if (!name.matches()) {
      return Long.MAX_VALUE;
    }
    return switch (name.group(1)) {
      case "pro" -> pro;
      case "flash" -> flash;
      default -> flashLite;
    };
  }
}
